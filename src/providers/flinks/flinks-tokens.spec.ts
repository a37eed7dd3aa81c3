import type { MovableClock } from '../../platform/time/clock.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { call, json, refused, TOKEN, token } from '../../../test/fixtures/flinks/flinks-bench.js';
import { flinksUnderTest, SECRET_KEY } from '../../../test/fixtures/flinks/flinks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

describe("Flinks' authorize tokens", () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let flinks: ReturnType<typeof flinksUnderTest>;

  withProviderServer('2026-01-05T14:00:00Z', (given) => {
    ({ server, clock } = given);
    flinks = flinksUnderTest(server.url, clock);
    return flinks;
  });

  it('are new for every dialogue and cost the secret key', async () => {
    server.plan(TOKEN, token('t1'), token('t2'));
    expect(await flinks.tokens.fresh(call)).toEqual({ ok: true, value: 't1' });
    expect(await flinks.tokens.fresh(call)).toEqual({ ok: true, value: 't2' });
    expect(server.calls[0]).toMatchObject({ headers: { 'flinks-auth-key': SECRET_KEY }, body: '' });
  });

  it('are not asked for where the instance wants none', async () => {
    const bare = flinksUnderTest(server.url, clock, { secretKey: null });
    expect(await bare.tokens.fresh(call)).toEqual({ ok: true, value: null });
    bare.close();
  });

  it.each([
    ['a wrong secret key', refused('UNAUTHORIZED'), 'provider.misconfigured'],
    ['too many', refused('TOO_MANY_REQUESTS', 403), 'provider.rate_limited'],
    ['no token', json({ HttpStatusCode: 200 }), 'provider.bad_response'],
    ['a token that is no header', token('a\nb'), 'provider.bad_response'],
  ])('%s is a failure', async (_what, reply, code) => {
    server.plan(TOKEN, reply);
    expect(await flinks.tokens.fresh(call)).toMatchObject({ failure: { code, mayHaveHappened: false } });
  });
});
