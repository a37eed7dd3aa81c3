import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { MovableClock } from '../../platform/time/clock.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { CLIENT, tinkUnderTest } from '../../../test/fixtures/tink/tink-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const TOKEN = 'POST /api/v1/oauth/token';
const GRANT = 'POST /api/v1/oauth/authorization-grant';
const user = 'cust-1' as ProviderUserRef;
const call = { signal: new AbortController().signal };
const token = (text: string, seconds = 1800) => ({
  status: 200,
  body: { access_token: text, token_type: 'bearer', expires_in: seconds, scope: 'a:b,c:d' },
});

describe("Tink's tokens", () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let tink: ReturnType<typeof tinkUnderTest>;

  withProviderServer('2026-11-20T10:00:00Z', (given) => {
    ({ server, clock } = given);
    tink = tinkUnderTest(server.url, clock);
    return tink;
  });

  const client = async (...scopes: readonly string[]) => {
    const result = await tink.tokens.forClient(scopes, call);
    return result.ok ? result.value.reveal('test') : result.failure.code;
  };
  const forUser = async (...scopes: readonly string[]) => {
    const result = await tink.tokens.forUser(user, scopes, call);
    return result.ok ? result.value.reveal('test') : result.failure.code;
  };
  const form = (at: number) => Object.fromEntries(new URLSearchParams(server.calls[at]?.body));

  it('asks for a client token with a form and comma scopes', async () => {
    server.plan(TOKEN, token('c1'));
    expect(await client('user:create', 'authorization:grant')).toBe('c1');
    expect(form(0)).toEqual({
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      grant_type: 'client_credentials',
      scope: 'authorization:grant,user:create',
    });
    expect(server.calls[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(server.calls[0]?.headers.authorization).toBeUndefined();
  });

  it('keeps one for each set of scopes until a minute before its end', async () => {
    server.plan(TOKEN, token('c1'), token('other'), token('c2'));
    expect(await client('a:b', 'c:d')).toBe('c1');
    expect(await client('c:d', 'a:b')).toBe('c1');
    expect(await client('a:b')).toBe('other');
    clock.advance((1800 - 60) * 1000 - 1);
    expect(await client('a:b', 'c:d')).toBe('c1');
    clock.advance(1);
    expect(await client('a:b', 'c:d')).toBe('c2');
  });

  it('does not keep one that ends within the minute', async () => {
    server.plan(TOKEN, token('c1', 60), token('c2', 60));
    expect(await client('a:b')).toBe('c1');
    expect(await client('a:b')).toBe('c2');
  });

  it('asks once for many callers', async () => {
    server.plan(TOKEN, token('c1'));
    expect(await Promise.all([client('a:b'), client('a:b'), client('a:b')])).toEqual(['c1', 'c1', 'c1']);
  });

  it('lets one caller leave without taking the token from the others', async () => {
    server.plan(TOKEN, token('c1'));
    const leaving = new AbortController();
    const left = tink.tokens.forClient(['a:b'], { signal: leaving.signal });
    const stays = client('a:b');
    leaving.abort();
    expect(await left).toMatchObject({ failure: { code: 'provider.aborted', mayHaveHappened: false } });
    expect(await stays).toBe('c1');
  });

  it('gets a user token through a grant of our own user id', async () => {
    server.plan(TOKEN, token('c1'), token('u1', 7200)).plan(GRANT, { status: 200, body: { code: 'code-1' } });
    expect(await forUser('credentials:read')).toBe('u1');
    expect(await forUser('credentials:read')).toBe('u1');
    expect(form(1)).toEqual({ external_user_id: 'cust-1', scope: 'credentials:read' });
    expect(server.calls[1]?.headers.authorization).toBe('Bearer c1');
    expect(form(2)).toEqual({
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      grant_type: 'authorization_code',
      code: 'code-1',
    });
  });

  it('lets one caller leave a load of a user token too', async () => {
    server.plan(TOKEN, token('c1'), token('u1')).plan(GRANT, { status: 200, body: { code: 'x' } });
    const leaving = new AbortController();
    const left = tink.tokens.forUser(user, ['credentials:read'], { signal: leaving.signal });
    const stays = forUser('credentials:read');
    leaving.abort();
    expect(await left).toMatchObject({ failure: { code: 'provider.aborted' } });
    expect(await stays).toBe('u1');
  });

  it('never uses a refresh token, even if one comes', async () => {
    const withRefresh = { status: 200, body: { access_token: 'u1', expires_in: 100, refresh_token: 'r1' } };
    server
      .plan(TOKEN, token('c1'), withRefresh, token('u2'))
      .plan(GRANT, ...['1', '2'].map((code) => ({ status: 200, body: { code } })));
    expect(await forUser('credentials:read')).toBe('u1');
    clock.advance(60_000);
    expect(await forUser('credentials:read')).toBe('u2');
    expect(server.calls.map(({ body }) => body).join()).not.toMatch(/refresh_token|r1/);
  });

  it('says that the user is not there, and asks again the next time', async () => {
    server.plan(TOKEN, token('c1')).plan(GRANT, { status: 404 }, { status: 404 });
    expect(await forUser('credentials:read')).toBe('provider_user.not_found');
    expect(await forUser('credentials:read')).toBe('provider_user.not_found');
  });

  it('takes a new client token when the old one is refused, once', async () => {
    server
      .plan(TOKEN, token('c1'), token('c2'), token('u1'))
      .plan(GRANT, { status: 401 }, { status: 200, body: { code: 'x' } });
    expect(await forUser('credentials:read')).toBe('u1');
    expect(server.callsTo(GRANT).map(({ headers }) => headers.authorization)).toEqual(['Bearer c1', 'Bearer c2']);
    server.reset();
    tink.tokens.forgetUser(user);
    server.plan(TOKEN, token('c3')).plan(GRANT, { status: 401 }, { status: 401 });
    expect(await forUser('credentials:read')).toBe('provider.misconfigured');
  });

  it('forgets all tokens of a user', async () => {
    server
      .plan(TOKEN, token('c1'), token('u1'), token('u2'))
      .plan(GRANT, ...['1', '2'].map((code) => ({ status: 200, body: { code } })));
    expect(await forUser('credentials:read')).toBe('u1');
    tink.tokens.forgetUser(user);
    expect(await forUser('credentials:read')).toBe('u2');
  });

  it.each([
    [401, 'provider.misconfigured'],
    [400, 'provider.misconfigured'],
    [403, 'provider.misconfigured'],
    [429, 'provider.rate_limited'],
  ])('reads %d on the client token as %s', async (status, code) => {
    server.plan(TOKEN, { status });
    expect(await client('a:b')).toBe(code);
  });

  it('repeats a client token after trouble and never a code', async () => {
    server
      .plan(TOKEN, { status: 503 }, 'reset', token('c1'), { status: 503 })
      .plan(GRANT, { status: 200, body: { code: 'x' } });
    expect(await forUser('credentials:read')).toBe('provider.unavailable');
    expect(server.callsTo(TOKEN)).toHaveLength(4);
  });

  it.each([
    ['no JSON', '<html>'],
    ['no token', {}],
    ['an empty token', { access_token: '', expires_in: 1 }],
    ['no life', { access_token: 'a' }],
    ['a negative life', { access_token: 'a', expires_in: -1 }],
    ['a token that breaks a header', { access_token: 'a\r\nX-Evil: 1', expires_in: 1 }],
  ])('does not take an answer with %s', async (_what, body) => {
    server.plan(TOKEN, { status: 200, body });
    expect(await client('a:b')).toBe('provider.bad_response');
  });

  it('calls nobody without a client', async () => {
    const off = tinkUnderTest(server.url, clock, null);
    expect(off.provider.configured).toBe(false);
    expect(await off.tokens.forClient(['a:b'], call)).toMatchObject({ failure: { code: 'provider.misconfigured' } });
    off.close();
  });
});
