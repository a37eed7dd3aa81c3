import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { LinkReturn } from '../../credentials/link-flow.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { MovableClock } from '../../platform/time/clock.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/flanks/fixture.js';
import { flanksUnderTest } from '../../../test/fixtures/flanks/flanks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';
import { handleOf, notesOf, type VisitNotes } from './flanks-link-handle.js';

const STATUS = 'POST /v0/bank/credentials/status';
const FORCE = 'PUT /v0/bank/credentials/status';
const LIST = 'POST /v0/bank/credentials/list';
const UNUSED = 'GET /v0/platform/link';
const EXCHANGE = 'POST /v0/platform/link';
const NOW = new Date('2026-11-20T10:00:00Z');
const user = 'cust-1' as ProviderUserRef;
const credential = { user, credentialId: new Opened('ct_1') };
const state = new Opened('state-1');
const callbackUrl = 'https://mooring.test/link/flanks/callback';
const call = { signal: new AbortController().signal };
const json = (body: unknown, status = 200): Reply => ({ status, body });
const active = (change: Record<string, unknown> = {}) => json({ ...fixture('status-active'), ...change });
const exchanged = (change: Record<string, unknown> = {}) => json({ ...fixture('link-code-exchanged'), ...change });
const code = (name: string, its = 'state-1') => ({ code: name, link_token: 'lnk_1', extra: { state: its } });
const visit = (notes: Partial<VisitNotes> = {}, purpose: LinkReturn['purpose'] = 'connect'): LinkReturn => ({
  ...{ user, purpose, state, callbackUrl, handle: handleOf({ begunAt: NOW.getTime(), ...notes }) },
  ...(purpose !== 'connect' && { credential }),
});
const query = (text: string) => new Map(new URLSearchParams(text));

describe('A visit of the hosted Link', () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let flanks: ReturnType<typeof flanksUnderTest>;

  withProviderServer(NOW.toISOString(), (given) => {
    ({ server, clock } = given);
    flanks = flanksUnderTest(server.url, clock);
    server.always('POST /v0/token', json({ access_token: 'tok', expires_in: 3600 }));
    return flanks;
  });

  const complete = async (text: string, of = visit()) => flanks.link.complete(of, query(text), call);
  const connectedTo = (result: Awaited<ReturnType<typeof flanks.link.recover>>) =>
    result.ok && result.value?.kind === 'connected' ? result.value.snapshot.credentialId.reveal('test') : result;
  const later = (result: Awaited<ReturnType<typeof flanks.link.recover>>) =>
    result.ok && result.value?.kind === 'not_ready' ? notesOf({ handle: result.value.handle ?? state }) : result;

  describe('begins', () => {
    const begin = async (change: Partial<Parameters<typeof flanks.link.begin>[0]>) =>
      flanks.link.begin({ user, purpose: 'connect', state, callbackUrl, ...change }, call);
    const asked = async (change: Parameters<typeof begin>[0]) => {
      const begun = await begin(change);
      if (!begun.ok) throw new Error(begun.failure.code);
      const url = new URL(begun.value.url.reveal('test'));
      return { page: `${url.origin}${url.pathname}`, query: Object.fromEntries(url.searchParams), begun: begun.value };
    };

    it('to connect, with the bank, our user and our state', async () => {
      const { page, query: sent, begun } = await asked({ institutionId: 'testbank' });
      expect(page).toBe('https://platform.flanks.test/link');
      const always = { token: 'lnk_1', external_id: user, rollback: 'true', state: 'state-1' };
      expect(sent).toEqual({ ...always, bank: 'testbank' });
      expect(begun.expiresAt).toBeNull();
      expect(notesOf(begun.handle ? { handle: begun.handle } : {})).toEqual({
        begunAt: NOW.getTime(),
        bank: 'testbank',
      });
      expect((await asked({})).query).toEqual(always);
      expect(JSON.stringify(begun)).not.toMatch(/lnk_1|state-1/);
    });

    it.each([
      ['renew', 'sca_token', 'reset_token'],
      ['update_login', 'reset_token', 'sca_token'],
    ] as const)('to %s with the token that is there', async (purpose, key, other) => {
      server.plan(STATUS, active({ [key]: 'open-1', ...(purpose === 'update_login' && { blocked: true }) }));
      const { query: sent } = await asked({ purpose, credential, institutionId: 'testbank' });
      expect(sent[key]).toBe('open-1');
      expect(sent).not.toHaveProperty(other);
      expect(sent).not.toHaveProperty('bank');
    });

    it.each([
      ['renew', 'sca'],
      ['update_login', 'reset'],
    ] as const)('to %s with a forced token where there is none', async (purpose, force) => {
      server.plan(STATUS, active()).plan(FORCE, json({ [`${force}_token`]: 'forced-1' }));
      expect((await asked({ purpose, credential })).query).toMatchObject({ [`${force}_token`]: 'forced-1' });
      expect(JSON.parse(server.callsTo(FORCE)[0]?.body ?? '')).toEqual({ credentials_token: 'ct_1', force });
    });

    it('with the status where the forced token is not in the answer', async () => {
      server.plan(STATUS, active(), active({ sca_token: 'forced-1' })).plan(FORCE, json({ message: 'ok' }));
      expect((await asked({ purpose: 'renew', credential })).query).toMatchObject({ sca_token: 'forced-1' });
      server.plan(STATUS, active(), active()).plan(FORCE, json({ message: 'ok' }));
      expect(await begin({ purpose: 'renew', credential })).toMatchObject({
        failure: { code: 'provider.bad_response', mayHaveHappened: true },
      });
    });

    it('no renewal of what needs a new login first', async () => {
      server.plan(STATUS, active({ blocked: true, reset_token: 'r' }));
      expect(await begin({ purpose: 'renew', credential })).toMatchObject({
        failure: { code: 'credential.not_refreshable', observation: { state: 'blocked' } },
      });
    });

    it('no repair of nothing', async () => {
      expect(await begin({ purpose: 'renew' })).toMatchObject({ failure: { code: 'credential.not_found' } });
      server.plan(STATUS, json({ error: 'credentials_token does not exist' }, 400));
      expect(await begin({ purpose: 'renew', credential })).toMatchObject({
        failure: { code: 'credential.not_found' },
      });
    });
  });

  describe('that comes back with a code', () => {
    it('is exchanged once and becomes the credential of this visit', async () => {
      server.plan(EXCHANGE, exchanged()).plan(STATUS, active({ pending: true }));
      const result = await complete('code=lc_1');
      expect(connectedTo(result)).toBe('ct_new');
      expect(result).toMatchObject({ value: { snapshot: { observation: { state: 'pending' } } } });
      expect(server.callsTo(EXCHANGE).map(({ body }) => body)).toEqual(['{"code":"lc_1"}']);
    });

    it.each([[{ state: 'of-another' }], [{}], [null], [undefined]])(
      'never becomes one with the foreign extra %j',
      async (extra) => {
        server.plan(EXCHANGE, exchanged({ extra }));
        expect(await complete('code=lc_1')).toMatchObject({ failure: { code: 'authorization.invalid_code' } });
        expect(server.callsTo(STATUS)).toEqual([]);
      },
    );

    it.each([
      [json({ error: 'Invalid code' }, 400), 'authorization.invalid_code'],
      [json({ error: 'code does not exist', code: 40001 }, 400), 'authorization.invalid_code'],
      [{ status: 429 }, 'provider.rate_limited'],
      [json({ error: 'access_denied' }, 403), 'provider.misconfigured'],
    ])('is refused with %j', async (reply, failure) => {
      server.plan(EXCHANGE, reply);
      expect(await complete('code=lc_1')).toMatchObject({ failure: { code: failure, mayHaveHappened: false } });
    });

    it('is not sent when it cannot be one', async () => {
      expect(await complete(`code=${'x'.repeat(513)}`)).toMatchObject({
        failure: { code: 'authorization.invalid_code' },
      });
      expect(server.calls).toEqual([]);
    });

    it.each([
      [{ status: 202, body: '' }, 3600],
      [{ status: 202, headers: { 'retry-after': '120' }, body: '' }, 120],
      [json({ error: 'delayed', code: 20003 }), 3600],
    ])('waits while it is not ready: %j', async (reply, seconds) => {
      server.plan(EXCHANGE, reply);
      const result = await complete('code=lc_1', visit({ bank: 'testbank' }));
      expect(result).toMatchObject({ value: { retryAt: new Date(NOW.getTime() + seconds * 1000) } });
      expect(later(result)).toEqual({ begunAt: NOW.getTime(), bank: 'testbank', code: 'lc_1' });
    });

    it('keeps the token of a credential that cannot be read yet', async () => {
      server.plan(EXCHANGE, exchanged()).plan(STATUS, json('<html>'));
      const result = await complete('code=lc_1');
      expect(later(result)).toEqual({ begunAt: NOW.getTime(), credentialsToken: 'ct_new' });
      expect(JSON.stringify(result)).not.toContain('ct_new');
      server.plan(STATUS, active());
      expect(connectedTo(await flanks.link.recover(visit({ credentialsToken: 'ct_new' }), call))).toBe('ct_new');
    });
  });

  describe('whose exchange has an unknown outcome', () => {
    it.each<[string, Reply]>([
      ['lost connection', 'reset'],
      ['500', { status: 500 }],
      ['nonsense', json('<html>')],
    ])('looks at the unused codes before it tries again: %s', async (_why, reply) => {
      server
        .plan(EXCHANGE, reply, exchanged())
        .plan(UNUSED, json([code('lc_0'), code('lc_1')]))
        .plan(STATUS, active());
      expect(connectedTo(await complete('code=lc_1'))).toBe('ct_new');
      expect([...(server.callsTo(UNUSED)[0]?.query ?? [])]).toEqual([['link_token', 'lnk_1']]);
    });

    it('finds the credential that was made when the code is used up', async () => {
      const young = { created_at_timestamp: NOW.getTime() / 1000 };
      server
        .plan(EXCHANGE, 'reset')
        .plan(UNUSED, json([]))
        .plan(
          LIST,
          json({ items: ['ct_old', 'ct_new'].map((t) => ({ credentials_token: t, external_id: user })), pages: 1 }),
        )
        .plan(STATUS, active(), active(young));
      expect(connectedTo(await complete('code=lc_1'))).toBe('ct_new');
    });

    it('does not guess between two, and goes on later', async () => {
      const young = { created_at_timestamp: NOW.getTime() / 1000 };
      server
        .plan(EXCHANGE, 'reset')
        .plan(UNUSED, json([]))
        .plan(
          LIST,
          json({ items: ['ct_a', 'ct_b'].map((t) => ({ credentials_token: t, external_id: user })), pages: 1 }),
        )
        .plan(STATUS, active(young), active(young));
      const result = await complete('code=lc_1');
      expect(later(result)).toEqual({ begunAt: NOW.getTime(), code: 'lc_1', uncertain: true });
      server
        .plan(UNUSED, json([code('lc_1')]))
        .plan(EXCHANGE, exchanged())
        .plan(STATUS, active());
      expect(connectedTo(await flanks.link.recover(visit({ code: 'lc_1', uncertain: true }), call))).toBe('ct_new');
    });

    it('may have happened when Flanks cannot be asked', async () => {
      server.plan(EXCHANGE, 'reset').plan(UNUSED, json('<html>'));
      expect(await complete('code=lc_1')).toMatchObject({
        failure: { code: 'provider.unavailable', mayHaveHappened: true },
      });
      server.plan(EXCHANGE, 'reset', { status: 500 }).plan(UNUSED, json([code('lc_1')]));
      expect(await complete('code=lc_1')).toMatchObject({ failure: { mayHaveHappened: true } });
    });

    it('still does not take a foreign code', async () => {
      server.plan(EXCHANGE, 'reset', exchanged({ extra: { state: 'x' } })).plan(UNUSED, json([code('lc_1', 'x')]));
      expect(await complete('code=lc_1')).toMatchObject({ failure: { code: 'authorization.invalid_code' } });
    });
  });

  describe('that comes back with an error', () => {
    it.each([
      ['INVALID_CREDENTIALS', 'wrong_credentials'],
      ['INVALID_SCA', 'challenge_failed'],
      ['ABORTED_BY_USER', 'user_cancelled'],
      ['INTERNAL_ERROR', 'provider_unavailable'],
      ['SCA_TYPE_NOT_ALLOWED', 'unsupported_method'],
      ['USER_INTERACTION_NEEDED', 'act_at_bank'],
    ])('%s has ended: %s', async (error, cause) => {
      for (const purpose of ['connect', 'renew'] as const) {
        const result = await complete(`error=${error}&state=x`, visit({}, purpose));
        expect(result).toEqual({ ok: true, value: { kind: 'ended', cause, providerReason: error } });
      }
      expect(server.calls).toEqual([]);
    });

    it('that nobody knows has ended, and is counted if it is a word', async () => {
      expect(await complete('error=BANK_ON_FIRE')).toMatchObject({
        value: { kind: 'ended', cause: 'unknown', providerReason: 'BANK_ON_FIRE' },
      });
      expect(await complete('error=%3Cscript%3E')).toMatchObject({ value: { providerReason: 'UNKNOWN' } });
      expect(flanks.observer.words).toEqual([{ provider: 'flanks', kind: 'link error', word: 'BANK_ON_FIRE' }]);
    });

    it('about a duplicate names the only credential at this bank', async () => {
      const items = ['ct_1', 'ct_2'].map((token) => ({ credentials_token: token, external_id: user }));
      server.plan(LIST, json({ items, pages: 1 })).plan(STATUS, active({ name: 'other' }), active());
      const result = await complete('error=CREDENTIALS_ALREADY_EXIST', visit({ bank: 'testbank' }));
      expect(result.ok && result.value.kind === 'duplicate' && result.value.credentialId?.reveal('test')).toBe('ct_2');
    });

    it('about a duplicate names none where it would be a guess', async () => {
      expect(await complete('error=CREDENTIALS_ALREADY_EXIST')).toEqual({ ok: true, value: { kind: 'duplicate' } });
      server.plan(LIST, json('<html>'));
      const result = await complete('error=CREDENTIALS_ALREADY_EXIST', visit({ bank: 'testbank' }));
      expect(result).toEqual({ ok: true, value: { kind: 'duplicate' } });
    });
  });

  describe('whose browser brings nothing', () => {
    it('finds its code at Flanks, and only its own', async () => {
      server.plan(UNUSED, json([code('lc_9', 'state-9'), code('lc_1'), { odd: true }])).plan(EXCHANGE, exchanged());
      server.plan(STATUS, active());
      expect(connectedTo(await complete('state=x'))).toBe('ct_new');
      expect(server.callsTo(EXCHANGE)[0]?.body).toBe('{"code":"lc_1"}');
    });

    it('is refused when there is none', async () => {
      const foreign = { ...code('lc_1'), link_token: 'lnk_other' };
      server.plan(UNUSED, json([code('lc_9', 'state-9'), { code: 'lc_8' }, foreign]));
      expect(await complete('')).toMatchObject({
        failure: { code: 'authorization.invalid_code', mayHaveHappened: false },
      });
    });

    it('is found later, or not yet', async () => {
      server.plan(UNUSED, json([]), json([code('lc_1')]), json({ items: [] })).plan(EXCHANGE, exchanged());
      server.plan(STATUS, active());
      expect(await flanks.link.recover(visit(), call)).toEqual({ ok: true, value: null });
      expect(connectedTo(await flanks.link.recover(visit(), call))).toBe('ct_new');
      expect(await flanks.link.recover(visit(), call)).toMatchObject({ failure: { code: 'provider.bad_response' } });
    });

    it('is found by the credential that it made, when the browser was back and the code is used up', async () => {
      const young = { created_at_timestamp: NOW.getTime() / 1000 };
      const made = { items: [{ credentials_token: 'ct_new', external_id: user }], pages: 1 };
      server.plan(UNUSED, json([]), json([])).plan(LIST, json(made)).plan(STATUS, active(young));
      expect(connectedTo(await flanks.link.recover({ ...visit(), cameBack: true }, call))).toBe('ct_new');
      expect(await flanks.link.recover(visit(), call)).toEqual({ ok: true, value: null });
    });

    it('needs no handle to be found, nor a link token in the answer', async () => {
      const bare = { code: 'lc_1', extra: { state: 'state-1' } };
      server
        .plan(UNUSED, json([bare]))
        .plan(EXCHANGE, exchanged())
        .plan(STATUS, active());
      expect(connectedTo(await flanks.link.recover({ user, purpose: 'connect', state, callbackUrl }, call))).toBe(
        'ct_new',
      );
    });

    it('tries its late code again, until it is over', async () => {
      const waiting = visit({ code: 'lc_1' });
      server.plan(EXCHANGE, { status: 202 }, json({ error: 'Invalid code' }, 400));
      expect(later(await flanks.link.recover(waiting, call))).toMatchObject({ code: 'lc_1' });
      expect(await flanks.link.recover(waiting, call)).toMatchObject({ value: { kind: 'ended', cause: 'unknown' } });
    });
  });

  describe('to repair', () => {
    it.each([
      ['renew', { sca_token: 's' }],
      ['update_login', { blocked: true, reset_token: 'r' }],
    ] as const)('%s is told by the credential', async (purpose, broken) => {
      server.plan(STATUS, active());
      expect(connectedTo(await complete('state=x', visit({}, purpose)))).toBe('ct_1');
      server.plan(STATUS, active(broken));
      expect(await complete('', visit({}, purpose))).toMatchObject({
        value: { kind: 'ended', cause: purpose === 'renew' ? 'sca_required' : 'credentials_changed' },
      });
      expect(server.callsTo(UNUSED)).toEqual([]);
    });

    it('with a forced token that was not used has ended', async () => {
      server.plan(STATUS, active({ reset_token: 'r' }));
      expect(await complete('', visit({}, 'update_login'))).toMatchObject({
        value: { kind: 'ended', cause: 'unknown' },
      });
    });

    it('with a code shows what came out, be it another one', async () => {
      server.plan(EXCHANGE, exchanged()).plan(STATUS, active());
      expect(connectedTo(await complete('code=lc_1', visit({}, 'renew')))).toBe('ct_new');
    });

    it('is found later once it is done', async () => {
      server.plan(UNUSED, json([]), json([])).plan(STATUS, active({ sca_token: 's' }), active());
      expect(await flanks.link.recover(visit({}, 'renew'), call)).toEqual({ ok: true, value: null });
      expect(connectedTo(await flanks.link.recover(visit({}, 'renew'), call))).toBe('ct_1');
    });

    it('needs its credential', async () => {
      const { credential: _left, ...bare } = visit({}, 'renew');
      expect(await complete('', bare)).toMatchObject({ failure: { code: 'credential.not_found' } });
      server.plan(STATUS, json({ error: 'credentials_token does not exist' }, 400));
      expect(await complete('', visit({}, 'renew'))).toMatchObject({ failure: { code: 'credential.not_found' } });
    });
  });

  it('is of the provider whose flow is link', () => {
    expect(flanks.provider.links).toBe(flanks.link);
  });
});
