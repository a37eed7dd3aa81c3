import { createHmac, type KeyObject } from 'node:crypto';

import { SignJWT, type JWTPayload } from 'jose';

import { UuidIds } from '../../platform/ids/ids.js';
import { MovableClock } from '../../platform/time/clock.js';
import { UserTokenKey } from './user-token-key.js';
import { USER_TOKEN_ISSUER, UserTokens } from './user-tokens.js';

const START = new Date('2026-11-20T10:00:00Z');
const NOW = START.getTime() / 1000;
const USER = '0199aaaa-0000-7000-8000-000000000001';
const CLAIMS = { userId: USER, issuedBy: 'client:c1', scopes: new Set(['credentials:read', 'users:read'] as const) };
const HEADER = { alg: 'EdDSA', typ: 'mooring-user+jwt' };
const PAYLOAD = {
  ...{ iss: USER_TOKEN_ISSUER, aud: 'urn:mooring:api', sub: USER, exp: NOW + 60 },
  ...{ by: 'client:c1', scope: 'users:read' },
};

const inAMinute = (clock: MovableClock) => new Date(clock.now().getTime() + 60_000);
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('UserTokens', () => {
  let clock: MovableClock;
  let key: UserTokenKey;
  let tokens: UserTokens;

  beforeEach(() => {
    clock = MovableClock.frozenAt(START);
    key = UserTokenKey.generate();
    tokens = new UserTokens(key, clock, new UuidIds());
  });

  const issue = async () => (await tokens.issue(CLAIMS, inAMinute(clock))).reveal('to test it');
  const signed = async (payload: JWTPayload, header: { alg: string; typ?: string } = HEADER, by?: KeyObject) =>
    new SignJWT(payload).setProtectedHeader(header).sign(by ?? key.privateKey);

  it('reads what it issued, also in another process with the same key', async () => {
    expect(await tokens.read(await issue())).toEqual(CLAIMS);
    const other = new UserTokens(new UserTokenKey(key.privateKey), clock, new UuidIds());
    expect(await other.read(await issue())).toEqual(CLAIMS);
    expect(new Set([await issue(), await issue()]).size).toBe(2);
  });

  it('reads nothing at the end of its time', async () => {
    const token = await issue();
    clock.advance(59_999);
    expect(await tokens.read(token)).not.toBeNull();
    clock.advance(1);
    expect(await tokens.read(token)).toBeNull();
  });

  it('would read the payload that the refusals below change', async () => {
    expect(await tokens.read(await signed(PAYLOAD))).toMatchObject({ userId: USER });
  });

  it.each([
    ['another issuer', { iss: 'urn:other' }],
    ['another audience', { aud: 'urn:other' }],
    ['no end', { exp: undefined }],
    ['no user', { sub: undefined }],
    ['a user that is no id', { sub: 'anna' }],
    ['no issuer behind it', { by: undefined }],
    ['scopes of another type', { scope: ['users:read'] }],
    ['a time to come', { nbf: NOW + 60 }],
  ])('refuses %s, well signed or not', async (_case, change) => {
    expect(await tokens.read(await signed({ ...PAYLOAD, ...change } as JWTPayload))).toBeNull();
  });

  it('drops scopes that it does not know', async () => {
    const read = await tokens.read(await signed({ ...PAYLOAD, scope: 'users:read everything __proto__' }));
    expect(read?.scopes).toEqual(new Set(['users:read']));
  });

  it('refuses a token of another kind and of another installation', async () => {
    expect(await tokens.read(await signed(PAYLOAD, { alg: 'EdDSA', typ: 'JWT' }))).toBeNull();
    expect(await tokens.read(await signed(PAYLOAD, { alg: 'EdDSA' }))).toBeNull();
    expect(await tokens.read(await signed(PAYLOAD, HEADER, UserTokenKey.generate().privateKey))).toBeNull();
  });

  it('refuses a token without a signature, or with the public key as a shared secret', async () => {
    const none = `${encoded({ ...HEADER, alg: 'none' })}.${encoded(PAYLOAD)}`;
    expect(await tokens.read(`${none}.`)).toBeNull();
    const text = `${encoded({ ...HEADER, alg: 'HS256' })}.${encoded(PAYLOAD)}`;
    for (const format of ['pem', 'der'] as const) {
      const secret = key.publicKey.export({ type: 'spki', format } as { type: 'spki'; format: 'pem' });
      const signature = createHmac('sha256', secret).update(text).digest('base64url');
      expect(await tokens.read(`${text}.${signature}`)).toBeNull();
    }
  });

  it('refuses a token whose payload was changed, and nonsense', async () => {
    const [header, , signature] = (await issue()).split('.');
    for (const token of [`${header}.${encoded({ ...PAYLOAD, scope: 'admin' })}.${signature}`, 'a.b.c', '', '..'])
      expect(await tokens.read(token)).toBeNull();
  });
});
