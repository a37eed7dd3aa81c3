import { createHmac } from 'node:crypto';

import { Logger } from '@nestjs/common';
import { exportJWK, type JWTPayload } from 'jose';

import { OidcAuthenticator } from '../../src/access/oidc/oidc-authenticator.js';
import { OidcKeys } from '../../src/access/oidc/oidc-keys.js';
import { OidcConfig } from '../../src/config/slices.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { outgoingUnderTest } from '../fixtures/outgoing-under-test.js';
import { FakeIssuer } from './access-oidc-issuer.js';

const START = new Date('2026-11-20T10:00:00Z');
const NOW = START.getTime() / 1000;
const UNAVAILABLE = { code: 'service.unavailable' };

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('callers of an OIDC issuer', () => {
  let issuer: FakeIssuer;
  let clock: MovableClock;
  let outgoing: ReturnType<typeof outgoingUnderTest>;
  let authenticator: OidcAuthenticator;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    issuer = await FakeIssuer.start();
    clock = MovableClock.frozenAt(START);
    outgoing = outgoingUnderTest(clock, 1_000);
    authenticator = of(issuer.url);
  });

  afterEach(async () => {
    outgoing.close();
    await issuer.close();
  });

  function of(url: string): OidcAuthenticator {
    const config = new OidcConfig({ issuer: url, audience: 'mooring' });
    return new OidcAuthenticator(config, new OidcKeys(config, outgoing.http, clock), clock);
  }

  it('are known by a token with the right issuer, audience and time', async () => {
    const token = await issuer.token({ scope: 'credentials:read users:read openid profile' }, NOW);
    expect(await authenticator.callerOf(token)).toEqual({
      kind: 'oidc',
      subject: 'svc-1',
      scopes: new Set(['credentials:read', 'users:read']),
      expiresAt: new Date((NOW + 300) * 1000),
    });
    expect(issuer.asked).toEqual(['/realm/.well-known/openid-configuration', '/realm/keys?v=1']);
  });

  it.each(['RS256', 'PS384', 'ES384', 'EdDSA'])('may be signed with %s', async (alg) => {
    await issuer.rotate(alg);
    expect(await authenticator.callerOf(await issuer.token({}, NOW))).toMatchObject({ subject: 'svc-1' });
  });

  it.each([
    ['a list', { scp: ['admin', 'users:read', 7] }, ['admin', 'users:read']],
    ['a text', { scp: 'users:write nonsense' }, ['users:write']],
    ['no claim', {}, []],
    ['a number', { scope: 7 }, []],
    ['a word that only contains a scope', { scope: 'xadmin admin2 ADMIN' }, []],
  ])('have the scopes that the token names as %s, and no others', async (_case, claims, scopes) => {
    const caller = await authenticator.callerOf(await issuer.token(claims, NOW));
    expect(caller?.scopes).toEqual(new Set(scopes));
  });

  it.each([
    ['another audience', { aud: 'somebody-else' }],
    ['no audience', { aud: undefined }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['a time that is over', { exp: NOW - 6 }],
    ['a time to come', { nbf: NOW + 60 }],
    ['no end', { exp: undefined }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject with a line break', { sub: 'a\nb' }],
    ['a very long subject', { sub: 'a'.repeat(201) }],
  ])('are not known with %s', async (_case, claims) => {
    expect(await authenticator.callerOf(await issuer.token(claims as JWTPayload, NOW))).toBeNull();
  });

  it('are not known by a token that was signed with the public key as a shared secret', async () => {
    const { kid } = issuer.key;
    const claims = { iss: issuer.url, aud: 'mooring', sub: 'svc-1', exp: NOW + 300, scope: 'admin' };
    const signed = `${encoded({ alg: 'HS256', kid })}.${encoded(claims)}`;
    const signature = createHmac('sha256', await issuer.publicPem())
      .update(signed)
      .digest('base64url');
    expect(await authenticator.callerOf(`${signed}.${signature}`)).toBeNull();
  });

  it('are not known by a token without a signature, or with that of another key', async () => {
    const claims = { iss: issuer.url, aud: 'mooring', sub: 'svc-1', exp: NOW + 300 };
    expect(await authenticator.callerOf(`${encoded({ alg: 'none' })}.${encoded(claims)}.`)).toBeNull();
    const { kid } = issuer.key;
    const foreign = await FakeIssuer.start();
    const token = await foreign.token({ iss: issuer.url }, NOW, { ...foreign.key, kid });
    expect(await authenticator.callerOf(token)).toBeNull();
    await foreign.close();
  });

  it('share the keys: the issuer is asked once for all who come at once', async () => {
    const token = await issuer.token({}, NOW);
    await Promise.all([1, 2, 3, 4].map(async () => authenticator.callerOf(token)));
    expect(issuer.asked).toHaveLength(2);
  });

  it('are known by a new key as soon as it is used, and by the old one no more', async () => {
    const old = await issuer.token({}, NOW);
    expect(await authenticator.callerOf(old)).not.toBeNull();
    await issuer.rotate();
    const fresh = await issuer.token({}, NOW);
    expect(await authenticator.callerOf(fresh)).toBeNull();
    clock.advance(30_000);
    expect(await authenticator.callerOf(fresh)).not.toBeNull();
    expect(await authenticator.callerOf(old)).toBeNull();
  });

  it('cannot make us ask the issuer for each key that they invent', async () => {
    for (let count = 0; count < 20; count += 1) {
      const token = await issuer.token({}, NOW, { ...issuer.key, kid: `invented-${count}` });
      expect(await authenticator.callerOf(token)).toBeNull();
    }
    expect(issuer.asked).toHaveLength(2);
  });

  describe('of an issuer that cannot be asked', () => {
    it('are told to come again, and are known once it answers', async () => {
      issuer.status = 500;
      const token = await issuer.token({}, NOW);
      await expect(authenticator.callerOf(token)).rejects.toMatchObject(UNAVAILABLE);
      issuer.status = 200;
      expect(await authenticator.callerOf(token)).not.toBeNull();
    });

    it('are known by its last keys for an hour', async () => {
      const token = await issuer.token({ exp: NOW + 36_000 }, NOW);
      expect(await authenticator.callerOf(token)).not.toBeNull();
      await issuer.close();
      clock.advance(3_599_000);
      expect(await authenticator.callerOf(token)).not.toBeNull();
      clock.advance(1_000);
      await expect(authenticator.callerOf(token)).rejects.toMatchObject(UNAVAILABLE);
    });

    it.each([
      ['names another issuer', { issuer: 'https://evil.example' }],
      ['names no address of keys', { jwks_uri: undefined }],
      ['names an address without TLS', { jwks_uri: 'http://keys.example/jwks' }],
      ['names an address of another kind', { jwks_uri: 'file:///etc/passwd' }],
    ])('because its document %s', async (_case, discovery) => {
      issuer.discovery = discovery;
      await expect(authenticator.callerOf(await issuer.token({}, NOW))).rejects.toMatchObject(UNAVAILABLE);
    });

    it.each([{}, { keys: null }, { keys: {} }, { keys: ['key'] }, { keys: [null] }, { keys: [[]] }, [], 'keys'])(
      'because its keys are %j',
      async (keys) => {
        issuer.keyDocument = keys;
        await expect(authenticator.callerOf(await issuer.token({}, NOW))).rejects.toMatchObject(UNAVAILABLE);
      },
    );
  });

  it('are known by a good key that stands beside odd ones', async () => {
    const { kid, publicKey } = issuer.key;
    issuer.keyDocument = { keys: [{}, { kid: 7, kty: null }, { ...(await exportJWK(publicKey)), kid }] };
    expect(await authenticator.callerOf(await issuer.token({}, NOW))).not.toBeNull();
  });

  it('are trusted of the configured issuer only, letter by letter', () => {
    expect(authenticator.trusts(issuer.url)).toBe(true);
    expect(authenticator.trusts(`${issuer.url}/`)).toBe(false);
  });
});
