import type { Challenge } from '../../credentials/challenge.js';
import type { CredentialRef, ProviderUserRef } from '../../credentials/credential-ref.js';
import type { Institution } from '../../credentials/institution-directory.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/flanks/fixture.js';
import { flanksUnderTest } from '../../../test/fixtures/flanks/flanks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const STATUS = 'POST /v0/bank/credentials/status';
const LIST = 'POST /v0/bank/credentials/list';
const DELETE = 'DELETE /v0/bank/credentials';
const user = 'cust-1' as ProviderUserRef;
const ref: CredentialRef = { user, credentialId: new Opened('ct_1') };
const call = { signal: new AbortController().signal, locale: 'es-ES' };
const json = (body: unknown, status = 200): Reply => ({ status, body });
const gone = json({ error: 'credentials_token does not exist', code: 40001 }, 400);
const item = (token: string, externalId: string | null) => ({
  ...{ credentials_token: token, external_id: externalId, bank: 'testbank', status: 'a word that nobody knows' },
});

describe('FlanksCredentialsService', () => {
  let server: ProviderServerFake;
  let flanks: ReturnType<typeof flanksUnderTest>;

  withProviderServer('2026-11-20T10:00:00Z', (given) => {
    ({ server } = given);
    flanks = flanksUnderTest(server.url, given.clock);
    server.always('POST /v0/token', json({ access_token: 'tok', expires_in: 3600 }));
    return flanks;
  });

  const bodies = (route: string) => server.callsTo(route).map(({ body }) => JSON.parse(body) as unknown);

  describe('get', () => {
    it('reads the status of one credential', async () => {
      server.plan(STATUS, json(fixture('status-active')));
      const result = await flanks.credentials.get(ref, call);
      expect(result).toMatchObject({ value: { institutionId: 'testbank', observation: { state: 'active' } } });
      expect(bodies(STATUS)).toEqual([{ credentials_token: 'ct_1' }]);
    });

    it('is one call each time, and one token for all', async () => {
      server.always(STATUS, json(fixture('status-active')));
      await Promise.all([1, 2, 3].map(async () => flanks.credentials.get(ref, call)));
      await flanks.credentials.get(ref, call);
      expect(server.calls.map(({ path }) => path).sort()).toEqual([
        ...Array<string>(4).fill('/v0/bank/credentials/status'),
        '/v0/token',
      ]);
    });

    it.each([[gone], [json({ error: 'Invalid credentials_token' }, 400)]])('does not find %j', async (reply) => {
      server.plan(STATUS, reply);
      expect(await flanks.credentials.get(ref, call)).toMatchObject({ failure: { code: 'credential.not_found' } });
    });

    it.each([
      [json('<html>', 404), 'provider.bad_response'],
      [json({ error: 'Missing fields: credentials_token' }, 400), 'provider.bad_response'],
      [json('<html>'), 'provider.bad_response'],
      [json([]), 'provider.bad_response'],
      [json({ ...fixture('status-active'), blocked: undefined }), 'provider.bad_response'],
      [json({ error: 'access_denied' }, 403), 'provider.misconfigured'],
      [json('', 429), 'provider.rate_limited'],
    ])('does not take %j for a credential that is gone', async (reply, code) => {
      server.plan(STATUS, reply);
      expect(await flanks.credentials.get(ref, call)).toMatchObject({ failure: { code, mayHaveHappened: false } });
    });

    it('says what a numbered refusal says of the credential', async () => {
      server.always(STATUS, json({ error: 'bank down', code: 50001 }, 500));
      expect(await flanks.credentials.get(ref, call)).toMatchObject({
        failure: { code: 'provider.unavailable', observation: { state: 'retrying', cause: 'bank_unavailable' } },
      });
    });

    it('goes on with a group that it does not know, and counts it', async () => {
      server.plan(STATUS, json({ ...fixture('status-active'), errored: { product: { horoscope: true } } }));
      expect(await flanks.credentials.get(ref, call)).toMatchObject({
        value: { observation: { state: 'active', degradedGroups: ['product.horoscope'] } },
      });
      expect(flanks.observer.words).toEqual([{ provider: 'flanks', kind: 'data group', word: 'product.horoscope' }]);
    });

    it('ends with its caller', async () => {
      server.plan(STATUS, 'hang');
      const caller = new AbortController();
      const result = flanks.credentials.get(ref, { signal: caller.signal });
      await server.arrived(2);
      caller.abort();
      expect(await result).toMatchObject({ failure: { code: 'provider.aborted', mayHaveHappened: false } });
    });

    it('labels its calls without ids', async () => {
      server.plan(STATUS, json(fixture('status-active')));
      await flanks.credentials.get(ref, call);
      expect(flanks.observer.calls.map(({ operation }) => operation)).toEqual([
        'POST /v0/token',
        'POST /v0/bank/credentials/status',
      ]);
    });
  });

  describe('list', () => {
    it('reads all pages, keeps what carries our user, and reads each status', async () => {
      server
        .plan(
          LIST,
          json({ items: [item('ct_1', user), item('ct_x', 'other')], page: 1, pages: 3 }),
          json({ items: [item('ct_y', null), item('ct_1', user)], page: 2, pages: 3 }),
          json({ items: [item('ct_2', user)], page: 3, pages: 3 }),
        )
        .plan(STATUS, json(fixture('status-active')), json(fixture('status-pending')));
      const result = await flanks.credentials.list(user, call);
      const seen = result.ok && result.value.map(({ credentialId }) => credentialId.reveal('test'));
      expect(seen).toEqual(['ct_1', 'ct_2']);
      expect(bodies(LIST)).toEqual([{ page: 1 }, { page: 2 }, { page: 3 }]);
      expect(bodies(STATUS)).toHaveLength(2);
    });

    it.each([[0], [1]])('of nobody has nothing, with %d pages', async (pages) => {
      server.plan(LIST, json({ items: [], page: 1, pages }));
      expect(await flanks.credentials.list(user, call)).toEqual({ ok: true, value: [] });
    });

    it('leaves out what vanishes meanwhile, and fails where it cannot know', async () => {
      server.always(LIST, json({ items: [item('ct_1', user)], page: 1, pages: 1 })).plan(STATUS, gone, json('<html>'));
      expect(await flanks.credentials.list(user, call)).toEqual({ ok: true, value: [] });
      expect(await flanks.credentials.list(user, call)).toMatchObject({ failure: { code: 'provider.bad_response' } });
    });

    it('ends, also when the pages do not', async () => {
      server.always(LIST, json({ items: [item('ct_x', 'other')], page: 1, pages: 1e9 }));
      expect(await flanks.credentials.list(user, call)).toMatchObject({ failure: { code: 'provider.bad_response' } });
      expect(server.callsTo(LIST)).toHaveLength(500);
    });

    it('stops at an empty page', async () => {
      server.plan(LIST, json({ items: [], page: 1, pages: 9 }));
      expect(await flanks.credentials.list(user, call)).toEqual({ ok: true, value: [] });
    });

    it.each([[{ items: 'none', pages: 1 }], [{ items: [] }], [{ items: [{}], pages: 1 }], ['<html>']])(
      'cannot read %j',
      async (body) => {
        server.plan(LIST, json(body));
        expect(await flanks.credentials.list(user, call)).toMatchObject({ failure: { code: 'provider.bad_response' } });
      },
    );
  });

  describe('delete', () => {
    it('sends a body, and succeeds also when it is gone already', async () => {
      server.plan(DELETE, json({ message: 'Deleted' }), gone, { status: 503 }, gone);
      expect(await flanks.credentials.delete(ref, call)).toEqual({ ok: true, value: { alreadyGone: false } });
      expect(await flanks.credentials.delete(ref, call)).toEqual({ ok: true, value: { alreadyGone: true } });
      expect(await flanks.credentials.delete(ref, call)).toEqual({ ok: true, value: { alreadyGone: true } });
      expect(bodies(DELETE)[0]).toEqual({ credentials_token: 'ct_1' });
    });

    it.each([
      [json('<html>', 404), 'provider.bad_response', false],
      [json({ error: 'Missing fields: credentials_token', code: 40001 }, 400), 'provider.bad_response', false],
      [json('', 409), 'credential.duplicate', false],
    ])('does not take %j for a success', async (reply, code, mayHaveHappened) => {
      server.plan(DELETE, reply);
      expect(await flanks.credentials.delete(ref, call)).toMatchObject({ failure: { code, mayHaveHappened } });
    });

    it('may have happened when the connection broke', async () => {
      server.plan(DELETE, 'reset', 'reset', 'reset');
      expect(await flanks.credentials.delete(ref, call)).toMatchObject({
        failure: { code: 'provider.unavailable', mayHaveHappened: true },
      });
    });
  });

  it('refuses what Flanks has no call for, and sends nothing', async () => {
    const { credentials } = flanks;
    const challenge: Challenge = { kind: 'open_app', expiresAt: null };
    const refused = await Promise.all([
      credentials.create({ user, institutionId: 'testbank', fields: new Map() }, call),
      credentials.refresh(ref, { userPresent: true }, call),
      credentials.authenticate(ref, {}, call),
      credentials.qr(ref, call),
      credentials.submitSupplementalInformation(ref, challenge, new Map(), call),
    ]);
    for (const result of refused) {
      expect(result).toMatchObject({ failure: { code: 'capability_unsupported', instead: '/v1/link-sessions' } });
    }
    expect(server.calls).toEqual([]);
  });

  it('knows no login', () => {
    const institution = {
      id: 'testbank',
      name: 'T',
      market: 'ES',
      status: 'enabled',
      connect: ['link'],
      fields: [],
    } as const;
    const typed: Institution = institution;
    expect(flanks.credentials.loginIdentity(typed, new Map([['username', new Opened('u')]]))).toBeNull();
  });
});
