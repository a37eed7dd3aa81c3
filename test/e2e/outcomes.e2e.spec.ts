import { member, textAt } from '../../src/sandbox/rest-client.js';
import { GOOD_LOGIN, SandboxApp, STEP_MS } from '../factories/sandbox-app.factory.js';

const DAY_MS = 86_400_000;
const REDIRECT = 'se-demobank-open-banking-redirect';

describe('how a connection turns out', () => {
  let mooring: SandboxApp;

  beforeAll(async () => {
    mooring = await SandboxApp.start();
  });

  beforeEach(async () => {
    await mooring.forget();
  });

  afterAll(async () => {
    await mooring.close();
  });

  const login = (username: string, password = 'abc123') => ({ fields: { username, password } });
  const replaceLogin = (id: string, fields: unknown) =>
    mooring.call('PUT', `/v1/connections/${id}/login`, { body: { fields } });

  it('is pending, then active, and tells each step with its reason and origin', async () => {
    const id = await mooring.connected({ reference: 'loan-7781' });
    const active = await mooring.until(id, 'active');

    expect(active).toMatchObject({
      state: { value: 'active', cause: 'none', providerStatus: 'UPDATED' },
      nextAction: { kind: 'none', by: 'nobody' },
      consent: { status: 'none', expiresAt: null, renewableFrom: null },
      data: { status: 'fresh', degradedGroups: [] },
      sync: { paused: false },
      reference: 'loan-7781',
      capabilities: { refresh: 'on_demand', authenticate: true, supplementalInformation: true, qr: true },
    });
    const events = member((await mooring.get(`/v1/connections/${id}/events`)).body, 'data') as Record<
      string,
      unknown
    >[];
    expect(events.map(({ seq, from, to, cause, trigger }) => [seq, from, to, cause, trigger])).toEqual([
      [1, null, 'pending', 'first_load', 'api'],
      [2, 'pending', 'authenticating', 'none', 'api'],
      [3, 'authenticating', 'syncing', 'none', 'api'],
      [4, 'syncing', 'active', 'none', 'api'],
    ]);
    expect(events.every(({ actor }) => /^client:[0-9a-f-]{36}$/.test(String(actor)))).toBe(true);
    expect(events.at(-1)).toMatchObject({ evidence: { providerStatus: 'UPDATED' } });
    expect(events.every((event) => !('requestId' in event) || event['requestId'] !== null)).toBe(true);
  });

  it('becomes active without any reader, through the watcher', async () => {
    const id = await mooring.connected();

    await mooring.watchFor(10 * STEP_MS);

    expect(await mooring.states(id)).toEqual(['pending', 'authenticating', 'syncing', 'active']);
    const events = member((await mooring.get(`/v1/connections/${id}/events`)).body, 'data');
    expect(events).toContainEqual(expect.objectContaining({ to: 'active', trigger: 'system', actor: 'watcher' }));
  });

  it('is blocked by a wrong password, and a new login heals the same id', async () => {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId, ...login('u10000001', 'wrong-one') });

    expect(await mooring.until(id, 'blocked')).toMatchObject({
      state: { value: 'blocked', cause: 'wrong_credentials', providerStatus: 'AUTHENTICATION_ERROR' },
      nextAction: { kind: 'update_login', by: 'user' },
    });
    const healed = await replaceLogin(id, GOOD_LOGIN);

    expect(healed.status).toBe(202);
    expect(healed.body).toMatchObject({
      id,
      state: { value: expect.stringMatching(/pending|authenticating/) as string },
    });
    expect(await mooring.until(id, 'active')).toMatchObject({ id });
    expect(mooring.credentialsOf(userId)).toHaveLength(1);
  });

  it('can be healed with another name too while it never had data, and then that login is taken', async () => {
    const id = await mooring.connected(login('u10000004'));
    await mooring.until(id, 'blocked');

    expect((await replaceLogin(id, GOOD_LOGIN)).status).toBe(202);
    await mooring.until(id, 'active');

    const twin = await mooring.connect({ userId: await mooring.user() });
    expect(twin).toMatchObject({ status: 409, body: { code: 'connection.duplicate', connectionId: id } });
    expect((await mooring.connect({ userId: await mooring.user(), ...login('u10000004') })).status).toBe(201);
  });

  it('takes no login of somebody else once it has data', async () => {
    const id = await mooring.active();
    const before = (await mooring.read(id)).body;

    const other = await replaceLogin(id, { username: 'u10000002', password: 'abc123' });

    expect(other).toMatchObject({ status: 422, body: { code: 'connection.different_login' } });
    expect(mooring.calls({ method: 'PUT' })).toBe(0);
    expect((await mooring.read(id)).body).toEqual(before);
  });

  it('takes no login that another connection has', async () => {
    const taken = await mooring.active();
    const id = await mooring.connected(login('u10000004'));
    await mooring.until(id, 'blocked');

    expect(await replaceLogin(id, GOOD_LOGIN)).toMatchObject({
      status: 409,
      body: { code: 'connection.duplicate', connectionId: taken },
    });
  });

  it('takes no login while the provider works on it', async () => {
    const id = await mooring.connected();

    expect(await replaceLogin(id, GOOD_LOGIN)).toMatchObject({ status: 409, body: { code: 'connection.busy' } });
  });

  it.each([
    ['u10000005', 'blocked', 'account_locked_at_bank', 'act_at_bank'],
    ['u10000003', 'failed', 'no_accounts', 'reconnect'],
  ])('of %s is %s/%s, next action %s', async (username, state, cause, kind) => {
    const id = await mooring.connected(login(username));

    expect(await mooring.until(id, state)).toMatchObject({ state: { cause }, nextAction: { kind, by: 'user' } });
  });

  it('fails for good when the provider gives it up', async () => {
    const id = await mooring.connected({ institutionId: 'se-demobank-permanent-error' });

    expect(await mooring.until(id, 'failed')).toMatchObject({
      state: { providerStatus: 'PERMANENT_ERROR', cause: 'permanent' },
      nextAction: { kind: 'reconnect', by: 'user' },
    });
    expect(await mooring.post(`/v1/connections/${id}/refresh`, {})).toMatchObject({
      status: 409,
      body: { code: 'connection.not_refreshable' },
    });
  });

  it.each(['u10000006', 'u10000007'])('of %s is retried later, and heals when the bank is back', async (username) => {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId, ...login(username) });

    const retrying = await mooring.until(id, 'retrying');
    expect(retrying).toMatchObject({
      state: { cause: 'bank_unavailable' },
      nextAction: { kind: 'retry_later', by: 'bank' },
    });
    const retryAt = new Date(textAt(retrying, 'nextAction', 'retryAt')).getTime();
    expect(retryAt).toBeGreaterThan(mooring.clock.now().getTime());

    mooring.tink.setOutcome(mooring.credentialOf(userId).id, 'all-data');
    expect((await mooring.post(`/v1/connections/${id}/refresh`, {})).status).toBe(202);
    expect(await mooring.until(id, 'active')).toMatchObject({ nextAction: { kind: 'none' } });
  });

  it('of a bank in trouble is read again at its retry time, not before, and heals without anybody', async () => {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId, ...login('u10000006') });
    const retrying = await mooring.until(id, 'retrying');
    const pause = new Date(textAt(retrying, 'nextAction', 'retryAt')).getTime() - mooring.clock.now().getTime();
    const { id: credential } = mooring.credentialOf(userId);
    mooring.tink.clearCalls();

    mooring.advance(pause - 1);
    await mooring.watch();
    expect(mooring.calls({ path: `/credentials/${credential}$` })).toBe(0);
    mooring.tink.setStatus(credential, { status: 'UPDATED' });
    mooring.advance(1);
    await mooring.watch();

    expect(mooring.calls({ path: `/credentials/${credential}$` })).toBe(1);
    expect((await mooring.read(id)).body).toMatchObject({ state: { value: 'active' } });
  });

  it('needs the user when the session ends, and authenticate renews the same id', async () => {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId, institutionId: REDIRECT, fields: {} });
    await mooring.until(id, 'awaiting_user');
    mooring.tink.approve(mooring.credentialOf(userId).id);
    const active = await mooring.until(id, 'active');
    const first = textAt(active, 'consent', 'expiresAt');
    expect(new Date(first).getTime() - mooring.clock.now().getTime()).toBeGreaterThan(179 * DAY_MS);

    mooring.tink.killSession(mooring.credentialOf(userId).id, 'silent');
    await mooring.post(`/v1/connections/${id}/refresh`, {});
    expect(await mooring.until(id, 'reauth_required')).toMatchObject({
      state: { cause: 'consent_expired', providerStatus: 'SESSION_EXPIRED' },
      nextAction: { kind: 'renew_consent', by: 'user' },
    });
    expect(await mooring.post(`/v1/connections/${id}/refresh`, {})).toMatchObject({
      status: 409,
      body: { code: 'connection.not_refreshable' },
    });

    mooring.advance(DAY_MS);
    expect(await mooring.post(`/v1/connections/${id}/authenticate`, {})).toMatchObject({ status: 202, body: { id } });
    await mooring.until(id, 'awaiting_user');
    mooring.tink.approve(mooring.credentialOf(userId).id);
    const renewed = await mooring.until(id, 'active');
    expect(textAt(renewed, 'consent', 'expiresAt') > first).toBe(true);
    expect(mooring.credentialsOf(userId)).toHaveLength(1);
  });

  it('says that a consent ends soon, and that it has ended, from the clock alone', async () => {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId, institutionId: REDIRECT, fields: {} });
    await mooring.until(id, 'awaiting_user');
    mooring.tink.approve(mooring.credentialOf(userId).id);
    await mooring.until(id, 'active');

    mooring.advance(174 * DAY_MS);
    expect((await mooring.read(id)).body).toMatchObject({ consent: { status: 'expiring' }, data: { status: 'stale' } });
    mooring.advance(7 * DAY_MS);
    expect((await mooring.read(id)).body).toMatchObject({ consent: { status: 'expired' } });
  });

  it('is not changed by a word that Tink has just invented, when it is settled', async () => {
    const userId = await mooring.user();
    const id = await mooring.active({ userId });
    const before = (await mooring.read(id)).body;
    mooring.tink.setStatus(mooring.credentialOf(userId).id, { status: 'DREAMING' as never });

    await mooring.watchFor(3 * STEP_MS);
    mooring.advance(31_000);

    expect((await mooring.read(id)).body).toEqual(before);
  });

  it('never becomes blocked or failed by a word that Tink has just invented', async () => {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId });
    mooring.tink.setStatus(mooring.credentialOf(userId).id, { status: 'DREAMING' as never });

    await mooring.watchFor(5 * STEP_MS);
    expect((await mooring.read(id)).body).toMatchObject({ state: { value: 'pending', cause: 'first_load' } });
    for (let minute = 0; minute < 40; minute++) {
      mooring.advance(60_000);
      await mooring.watch();
    }

    expect((await mooring.read(id)).body).toMatchObject({ state: { value: 'retrying' } });
    expect(await mooring.states(id)).not.toContain('blocked');
  });

  it('is failed when the provider has lost it behind our back', async () => {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId });
    mooring.tink.reset();
    mooring.advance(STEP_MS);

    expect((await mooring.read(id)).body).toMatchObject({
      state: { value: 'failed', cause: 'permanent' },
      nextAction: { kind: 'reconnect' },
    });
  });

  describe('a login that is connected already', () => {
    it('is refused with the id of the connection that has it', async () => {
      const userId = await mooring.user();
      const id = await mooring.active({ userId });
      mooring.tink.clearCalls();

      const again = await mooring.connect({ userId });
      const elsewhere = await mooring.connect({ userId: await mooring.user() });

      for (const answer of [again, elsewhere]) {
        expect(answer).toMatchObject({ status: 409, body: { code: 'connection.duplicate', connectionId: id } });
      }
      expect(mooring.calls({ method: 'POST', path: '/credentials$' })).toBe(0);
    });

    it('gives one credential upstream when five come at once', async () => {
      const userId = await mooring.user();

      const answers = await Promise.all(Array.from({ length: 5 }, () => mooring.connect({ userId })));

      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
      const codes = new Set(answers.map(({ body }) => member(body, 'code')).filter(Boolean));
      expect(
        [...codes].every((code) => code === 'connection.create_in_progress' || code === 'connection.duplicate'),
      ).toBe(true);
      expect(mooring.credentialsOf(userId)).toHaveLength(1);
      expect(await mooring.sql('SELECT 1 FROM connection_creations')).toEqual([]);
    });

    it('can be given to one of two blocked connections that get it at once', async () => {
      const ids = [await mooring.connected(login('u10000004')), await mooring.connected(login('u10000008'))];
      await mooring.sql(
        `UPDATE connections SET state = 'blocked', cause = 'wrong_credentials' WHERE fingerprint IS NOT NULL`,
      );
      mooring.advance(10 * STEP_MS);

      const answers = await Promise.all(ids.map((id) => replaceLogin(id, GOOD_LOGIN)));

      expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
      expect(answers.map(({ body }) => member(body, 'code'))).toContain('connection.duplicate');
      expect(mooring.calls({ method: 'PUT' })).toBe(1);
    });

    it('is free again when the provider did not take it', async () => {
      const id = await mooring.connected(login('u10000004'));
      await mooring.until(id, 'blocked');
      mooring.tink.addFault({ method: 'PUT', path: '/credentials/', action: { kind: 'respond', status: 429 } });

      expect((await replaceLogin(id, GOOD_LOGIN)).status).toBe(429);

      expect((await mooring.connect({ userId: await mooring.user(), ...login('u10000004') })).status).toBe(409);
      expect((await mooring.connect({ userId: await mooring.user() })).status).toBe(201);
    });

    it('is adopted when the provider has it from a creation that nobody remembers', async () => {
      const userId = await mooring.user();
      mooring.tink.addFault({ method: 'POST', path: '/credentials$', action: { kind: 'accept-then-reset' } });
      await mooring.connect({ userId });
      await mooring.sql('DELETE FROM connection_creations');

      const created = await mooring.connect({ userId });

      expect(created.status).toBe(201);
      expect(mooring.credentialsOf(userId)).toHaveLength(1);
      await mooring.until(textAt(created.body, 'id'), 'active');
    });

    it('may be connected again when the first connection is deleted', async () => {
      const userId = await mooring.user();
      const id = await mooring.active({ userId });
      await mooring.call('DELETE', `/v1/connections/${id}`);

      const again = await mooring.connect({ userId });

      expect(again.status).toBe(201);
      expect(textAt(again.body, 'id')).not.toBe(id);
    });
  });

  it('is paused and resumed without touching state, consent or data', async () => {
    const id = await mooring.active();
    const before = (await mooring.read(id)).body;

    const paused = await mooring.post(`/v1/connections/${id}/pause`);
    expect(paused).toMatchObject({
      status: 200,
      body: {
        state: member(before, 'state'),
        sync: { paused: true },
        nextAction: { kind: 'resume_sync', by: 'operator' },
      },
    });
    expect((await mooring.read(id)).body).toEqual(paused.body);
    expect(await mooring.post(`/v1/connections/${id}/refresh`, {})).toMatchObject({
      status: 409,
      body: { code: 'connection.not_refreshable' },
    });
    expect((await mooring.post(`/v1/connections/${id}/pause`)).status).toBe(200);

    const resumed = await mooring.post(`/v1/connections/${id}/resume`);
    expect(resumed).toMatchObject({ status: 200, body: { sync: { paused: false }, nextAction: { kind: 'none' } } });
    expect((await mooring.post(`/v1/connections/${id}/refresh`, {})).status).toBe(202);
    const audited = await mooring.sql<{ action: string; actor: string }>(
      `SELECT action, actor FROM audit_entries WHERE subject = 'connection:${id}' ORDER BY at`,
    );
    expect(audited.map(({ action }) => action)).toEqual([
      'connection.paused',
      'connection.paused',
      'connection.resumed',
    ]);
    expect(new Set(audited.map(({ actor }) => actor))).toEqual(new Set([expect.stringMatching(/^client:/)]));
  });

  it('is refreshed once when many ask at once', async () => {
    const id = await mooring.active();
    mooring.tink.clearCalls();

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => mooring.post(`/v1/connections/${id}/refresh`, { userPresent: true })),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(202));
    expect(mooring.calls({ method: 'POST', path: '/refresh$' })).toBe(1);
    await mooring.until(id, 'active');
  });

  it('is refreshed again as soon as the last refresh has ended', async () => {
    const id = await mooring.active();
    mooring.tink.clearCalls();

    for (let round = 1; round <= 2; round++) {
      await mooring.post(`/v1/connections/${id}/refresh`, {});
      expect(mooring.calls({ method: 'POST', path: '/refresh$' })).toBe(round);
      await mooring.until(id, 'active');
    }
  });

  it('does not flicker while a refresh that was accepted still shows the old status', async () => {
    const id = await mooring.active();
    mooring.advance(STEP_MS);
    await mooring.post(`/v1/connections/${id}/refresh`, {});

    const { body } = await mooring.read(id);

    expect(member(body, 'state', 'value')).toBe('authenticating');
    await mooring.until(id, 'active');
    expect((await mooring.states(id)).slice(-4)).toEqual(['active', 'authenticating', 'syncing', 'active']);
  });

  it('is explained in words, with evidence and what comes next', async () => {
    const id = await mooring.connected(login('u10000004', 'never tried before'));
    await mooring.until(id, 'blocked');

    const { status, body } = await mooring.get(`/v1/connections/${id}/explain`);

    expect(status).toBe(200);
    expect(textAt(body, 'summary')).toMatch(
      /^The connection is blocked \(wrong credentials\) since .*AUTHENTICATION_ERROR/,
    );
    expect(body).toMatchObject({ nextAction: { kind: 'update_login' } });
    expect(body).toHaveProperty('mooringLooksAgainAt');
    const story = member(body, 'story') as { text: string; event: { to: string } }[];
    expect(story.map(({ event }) => event.to)).toEqual(['pending', 'authenticating', 'blocked']);
    expect(story[0]?.text).toContain('Created as pending');
  });
});
