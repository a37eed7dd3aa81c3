import type { MovableClock } from '../../platform/time/clock.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { flanksUnderTest } from '../../../test/fixtures/flanks/flanks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const LIST = 'POST /v0/links/list-links';
const CREATE = 'POST /v0/links/create-link';
const CALLBACK = 'https://mooring.test/link/flanks/callback';
const call = { signal: new AbortController().signal };
const json = (body: unknown, status = 200): Reply => ({ status, body });
const link = (change: Record<string, unknown> = {}) => ({
  ...{ token: 'lnk_own', name: 'something', redirect_uri: CALLBACK, company_name: 'Demo SL' },
  ...{ terms_and_conditions_url: null, active: true, pending_code_count: 0, ...change },
});
const list = (...items: unknown[]): Reply => json({ success: true, count: items.length, items });
const refused = (code: string): Reply => json({ success: false, error: { code }, trace_id: 't' }, 400);

describe('Our Link', () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let flanks: ReturnType<typeof flanksUnderTest>;

  withProviderServer('2026-11-20T10:00:00Z', (given) => {
    ({ server, clock } = given);
    flanks = flanksUnderTest(server.url, clock, { linkToken: null });
    server.always('POST /v0/token', json({ access_token: 'tok', expires_in: 36_000 }));
    return flanks;
  });

  const token = async (callback = CALLBACK) => {
    const found = await flanks.links.tokenFor(callback, call);
    return found.ok ? found.value : found.failure.code;
  };
  const created = () => JSON.parse(server.callsTo(CREATE)[0]?.body ?? '{}') as { name: string; redirect_uri: string };

  it('is the configured one, without a call', async () => {
    const fixed = flanksUnderTest(server.url, clock, { linkToken: 'lnk_fixed' });
    expect(await fixed.links.tokenFor(CALLBACK, call)).toEqual({ ok: true, value: 'lnk_fixed' });
    expect(server.calls).toEqual([]);
    fixed.close();
  });

  it('is found by where it sends users back to, and kept for an hour', async () => {
    const others = [link({ token: 'a', redirect_uri: 'https://other.test/' }), link({ token: 'b', active: false })];
    server.plan(LIST, list(...others, link(), 'odd'), list(link({ token: 'lnk_later' })));
    expect(await Promise.all([token(), token()])).toEqual(['lnk_own', 'lnk_own']);
    clock.advance(3600_000 - 1);
    expect(await token()).toBe('lnk_own');
    clock.advance(1);
    expect(await token()).toBe('lnk_later');
  });

  it('is created once for each callback, with a name of its own', async () => {
    server
      .plan(LIST, list(), list())
      .plan(
        CREATE,
        json({ success: true, data: link({ token: 'one' }) }),
        json({ success: true, data: link({ token: 'two' }) }),
      );
    expect(await Promise.all([token(), token()])).toEqual(['one', 'one']);
    expect(await token('https://second.test/callback')).toBe('two');
    expect(created()).toEqual({
      redirect_uri: CALLBACK,
      name: expect.stringMatching(/^mooring-[0-9a-f]{12}$/) as string,
    });
    const names = server.callsTo(CREATE).map(({ body }) => (JSON.parse(body) as { name: string }).name);
    expect(new Set(names).size).toBe(2);
  });

  it.each([
    ['another process was faster', refused('DuplicatedName')],
    ['another process was faster, in other words', refused('ValidationError')],
    ['the answer was lost', 'reset' as const],
  ])('is looked for again when %s', async (_why, reply) => {
    server.plan(LIST, list(), list(link())).plan(CREATE, reply);
    expect(await token()).toBe('lnk_own');
  });

  it('prefers the one that we named', async () => {
    server.plan(LIST, list()).plan(CREATE, json({ success: true, data: link() }));
    await token();
    const { name } = created();
    clock.advance(3600_000);
    server.plan(LIST, list(link({ token: 'first' }), link({ token: 'ours', name })));
    expect(await token()).toBe('ours');
    clock.advance(3600_000);
    server.plan(
      LIST,
      list(link({ token: 'ours', name, active: false })),
      list(link({ name, redirect_uri: 'https://x.test/' })),
    );
    expect(await token()).toBe('provider.misconfigured');
    expect(await token()).toBe('provider.misconfigured');
  });

  it.each([
    [refused('ValidationError'), 'provider.misconfigured'],
    [{ status: 429 }, 'provider.rate_limited'],
  ])('is not there when it cannot be created: %j', async (reply, code) => {
    server.plan(CREATE, reply).plan(LIST, list());
    if (code === 'provider.misconfigured') server.plan(LIST, list());
    expect(await token()).toBe(code);
  });

  it('is asked for again after a failure', async () => {
    server.plan(LIST, json('<html>'), list(link()));
    expect(await token()).toBe('provider.bad_response');
    expect(await token()).toBe('lnk_own');
  });
});
