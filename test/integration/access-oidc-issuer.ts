import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** An OIDC issuer on this machine. Counts what it is asked. */
export class FakeIssuer {
  readonly asked: string[] = [];
  /** Over what the documents really say. */
  discovery: Record<string, unknown> = {};
  /** Instead of its keys. */
  keyDocument: unknown = undefined;
  /** Instead of 200. */
  status = 200;
  private keys: IssuerKey[] = [];
  private made = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FakeIssuer> {
    const holder: { issuer?: FakeIssuer } = {};
    const server = createServer((request, response) => {
      void holder.issuer?.answer(request.url ?? '').then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    holder.issuer = new FakeIssuer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/realm`);
    await holder.issuer.rotate();
    return holder.issuer;
  }

  /** From now on another key signs, and the earlier ones are gone. */
  async rotate(alg = 'ES256'): Promise<IssuerKey> {
    this.made += 1;
    const pair = await generateKeyPair(alg, { extractable: true });
    const key = { kid: `key-${this.made}`, alg, ...pair };
    this.keys = [key];
    return key;
  }

  get key(): IssuerKey {
    const [key] = this.keys;
    if (!key) throw new Error('The issuer has no key.');
    return key;
  }

  async publicPem(): Promise<string> {
    return exportSPKI(this.key.publicKey);
  }

  /** @param at seconds since 1970. */
  async token(claims: JWTPayload, at: number, key: IssuerKey = this.key): Promise<string> {
    const times = { iat: at, exp: at + 300 };
    return new SignJWT({ iss: this.url, aud: 'mooring', sub: 'svc-1', ...times, ...claims })
      .setProtectedHeader({ alg: key.alg, kid: key.kid })
      .sign(key.privateKey);
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    if (this.server.listening) await once(this.server, 'close');
  }

  private async answer(path: string): Promise<{ status: number; body: unknown }> {
    this.asked.push(path);
    if (this.status !== 200) return { status: this.status, body: { error: 'down' } };
    if (path === '/realm/.well-known/openid-configuration') {
      return { status: 200, body: { issuer: this.url, jwks_uri: `${this.url}/keys?v=1`, ...this.discovery } };
    }
    if (path === '/realm/keys?v=1') {
      return { status: 200, body: this.keyDocument ?? { keys: await Promise.all(this.keys.map(published)) } };
    }
    return { status: 404, body: {} };
  }
}

async function published({ kid, alg, publicKey }: IssuerKey): Promise<JWK> {
  return { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
}
