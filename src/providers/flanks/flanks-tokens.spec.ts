import { Opened } from '../../platform/crypto/opened.js';
import type { MovableClock } from '../../platform/time/clock.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/flanks/fixture.js';
import { CLIENT, flanksUnderTest } from '../../../test/fixtures/flanks/flanks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';
import type { ProviderUserRef } from '../../credentials/credential-ref.js';

const TOKEN = 'POST /v0/token';
const STATUS = 'POST /v0/bank/credentials/status';
const call = { signal: new AbortController().signal };
const ref = { user: 'cust-1' as ProviderUserRef, credentialId: new Opened('ct_1') };
const token = (text: string, seconds = 3600): Reply => ({
  status: 200,
  body: { access_token: text, expires_in: seconds, token_type: 'Bearer', scope: 'read write aggregation' },
});
const active: Reply = { status: 200, body: fixture('status-active') };
const old: Reply = { status: 401, body: { error: 'Invalid credentials' } };

describe("Flanks' token", () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let flanks: ReturnType<typeof flanksUnderTest>;

  withProviderServer('2026-11-20T10:00:00Z', (given) => {
    ({ server, clock } = given);
    flanks = flanksUnderTest(server.url, clock);
    return flanks;
  });

  const get = async () => {
    const result = await flanks.credentials.get(ref, call);
    return result.ok ? result.value.observation.state : result.failure.code;
  };
  const bearers = () => server.callsTo(STATUS).map(({ headers }) => headers.authorization);

  it('is asked for with JSON and without a token', async () => {
    server.plan(TOKEN, token('t1')).plan(STATUS, active);
    expect(await get()).toBe('active');
    const [asked] = server.callsTo(TOKEN);
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      grant_type: 'client_credentials',
    });
    expect(asked?.headers['content-type']).toBe('application/json');
    expect(asked?.headers.authorization).toBeUndefined();
    expect(bearers()).toEqual(['Bearer t1']);
  });

  it('is kept until five minutes before its end', async () => {
    server.plan(TOKEN, token('t1'), token('t2')).always(STATUS, active);
    await get();
    clock.advance(3300_000 - 1);
    await get();
    clock.advance(1);
    await get();
    expect(bearers()).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  });

  it('that lives shortly is kept for half its life', async () => {
    server.plan(TOKEN, token('t1', 60), token('t2', 60)).always(STATUS, active);
    await get();
    clock.advance(29_999);
    await get();
    clock.advance(1);
    await get();
    expect(bearers()).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  });

  it('is asked for once by many callers', async () => {
    server.plan(TOKEN, token('t1')).always(STATUS, active);
    expect(await Promise.all([get(), get(), get()])).toEqual(['active', 'active', 'active']);
  });

  it('lets one caller leave without taking it from the others', async () => {
    server.plan(TOKEN, token('t1')).plan(STATUS, active);
    const leaving = new AbortController();
    const left = flanks.credentials.get(ref, { signal: leaving.signal });
    const stays = get();
    leaving.abort();
    expect(await left).toMatchObject({ failure: { code: 'provider.aborted', mayHaveHappened: false } });
    expect(await stays).toBe('active');
  });

  it('is renewed once after a 401, and the call repeated', async () => {
    server.plan(TOKEN, token('t1'), token('t2')).plan(STATUS, old, active);
    expect(await get()).toBe('active');
    expect(bearers()).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it('is not renewed a second time', async () => {
    server
      .plan(TOKEN, token('t1'), token('t2'))
      .plan(STATUS, old, { status: 401, body: { error: 'Not authenticated' } });
    expect(await get()).toBe('provider.misconfigured');
  });

  it('of another caller is not thrown away with the old one', async () => {
    server.plan(TOKEN, token('t1'), token('t2')).plan(STATUS, old, old, active, active);
    expect(await Promise.all([get(), get()])).toEqual(['active', 'active']);
    expect(bearers().slice(2)).toEqual(['Bearer t2', 'Bearer t2']);
  });

  it('that is refused is a matter for the operator and is not asked for again by the same call', async () => {
    server.plan(TOKEN, { status: 403, body: { error: 'access_denied' } });
    expect(await flanks.credentials.get(ref, call)).toMatchObject({
      failure: { code: 'provider.misconfigured', mayHaveHappened: false, evidence: { httpStatus: 403 } },
    });
    server.plan(TOKEN, { status: 400, body: { error: 'Missing fields: client_secret' } });
    expect(await get()).toBe('provider.misconfigured');
  });

  it('is asked for again when Flanks had trouble', async () => {
    server.plan(TOKEN, { status: 500 }, 'reset', token('t1')).plan(STATUS, active);
    expect(await get()).toBe('active');
  });

  it.each([
    [{ access_token: '', expires_in: 3600 }],
    [{ access_token: 'a b', expires_in: 3600 }],
    [{ access_token: 'a\r\nX: y', expires_in: 3600 }],
    [{ access_token: 't1' }],
    [{ access_token: 't1', expires_in: -1 }],
    ['<html>'],
  ])('is not %j', async (body) => {
    server.plan(TOKEN, { status: 200, body });
    expect(await get()).toBe('provider.bad_response');
  });

  it('needs a client', async () => {
    const off = flanksUnderTest(server.url, clock, { client: null });
    expect(await off.credentials.get(ref, call)).toMatchObject({ failure: { code: 'provider.misconfigured' } });
    expect(off.provider.configured).toBe(false);
    off.close();
  });
});
