import { member, textAt } from '../../src/sandbox/rest-client.js';
import type { FaultAction } from '../../src/sandbox/simulator/faults.js';
import { SandboxApp, STEP_MS, type Answer } from '../factories/sandbox-app.factory.js';

/** Longer than a creation's lease. */
const LEASE_OVER_MS = 41_000;
const PASSWORD = 'password-of-a-person';
const USERNAME = 'name-of-a-person';
const HTML = `<html>We are sorry, ${USERNAME} ${PASSWORD}</html>`;

const html = (status: number): FaultAction => ({ kind: 'respond', status, body: HTML, contentType: 'text/html' });
const json = (body: unknown, status = 200): FaultAction => ({ kind: 'respond', status, body });

describe('a provider that answers nonsense', () => {
  let mooring: SandboxApp;

  beforeAll(async () => {
    mooring = await SandboxApp.start();
  });

  beforeEach(async () => {
    await mooring.forget();
  });

  afterEach(() => {
    expect(mooring.tink.state().faults).toEqual([]);
  });

  afterAll(async () => {
    await mooring.close();
  });

  let fields = { username: USERNAME, password: PASSWORD };
  let tests = 0;
  // The bank refuses these logins, and the same one is not sent to it again and again.
  beforeEach(() => {
    fields = { username: USERNAME, password: `${PASSWORD}-${String((tests += 1))}` };
  });

  const post = (path: string) => ({ method: 'POST', path });

  function expectProblem({ status, body, bytes }: Answer, expected: number, code: string): void {
    expect([status, member(body, 'code')]).toEqual([expected, code]);
    expect(bytes.toString()).not.toMatch(/sorry|of-a-person|html/);
  }

  describe('to a creation', () => {
    it.each<[string, FaultAction, number, string, 'acted' | 'did nothing']>([
      ['text that is no JSON', { kind: 'malformed' }, 502, 'provider.bad_response', 'acted'],
      ['half of an answer', { kind: 'truncate' }, 503, 'provider.unavailable', 'acted'],
      ['a cut line after it acted', { kind: 'accept-then-reset' }, 503, 'provider.unavailable', 'acted'],
      ['a cut line before it acted', { kind: 'reset' }, 503, 'provider.unavailable', 'did nothing'],
      ['HTML with 200', html(200), 502, 'provider.bad_response', 'did nothing'],
      ['an empty object', json({}), 502, 'provider.bad_response', 'did nothing'],
      ['null', json(null), 502, 'provider.bad_response', 'did nothing'],
      ['a list', json([]), 502, 'provider.bad_response', 'did nothing'],
      [
        'a number for an id',
        json({ id: 7, status: 'CREATED', statusUpdated: 1 }),
        502,
        'provider.bad_response',
        'did nothing',
      ],
      [
        'no time of the status',
        json({ id: 'x', providerName: 'se-demobank-password', status: 'CREATED' }),
        502,
        'provider.bad_response',
        'did nothing',
      ],
      ['HTML with 500', html(500), 503, 'provider.unavailable', 'did nothing'],
      ['HTML with 502', html(502), 503, 'provider.unavailable', 'did nothing'],
    ])('of %s is a problem, and nothing half remains', async (_what, action, status, code, acted) => {
      const userId = await mooring.user();
      mooring.tink.addFault({ ...post('/credentials$'), action });

      expectProblem(await mooring.connect({ userId, fields }), status, code);

      expect(member((await mooring.get(`/v1/connections?userId=${userId}`)).body, 'data')).toEqual([]);
      // Until it is known what became of the first try, a second one could make a twin.
      expect(await mooring.connect({ userId, fields })).toMatchObject({
        status: 409,
        body: { code: 'connection.create_in_progress' },
      });
      mooring.advance(LEASE_OVER_MS);
      await mooring.watch();

      const { body } = await mooring.get(`/v1/connections?userId=${userId}`);
      expect(await mooring.sql('SELECT 1 FROM connection_creations')).toEqual([]);
      expect(member(body, 'data')).toHaveLength(acted === 'acted' ? 1 : 0);
      expect(mooring.credentialsOf(userId)).toHaveLength(acted === 'acted' ? 1 : 0);
      if (acted === 'acted') {
        await mooring.until(textAt(body, 'data', 0, 'id'), 'blocked');
      } else {
        expect((await mooring.connect({ userId, fields })).status).toBe(201);
      }
    });

    it.each<[string, FaultAction, number, string]>([
      ['a refused login', json({ errorMessage: HTML, errorCode: HTML }, 400), 422, 'credential.invalid_input'],
      ['a ban', json({ errorMessage: HTML }, 403), 502, 'provider.misconfigured'],
      ['a limit', json({}, 429), 429, 'provider.rate_limited'],
      ['a teapot', html(418), 502, 'provider.bad_response'],
    ])('of %s leaves nothing, and may be tried again at once', async (_what, action, status, code) => {
      const userId = await mooring.user();
      mooring.tink.addFault({ ...post('/credentials$'), action });

      expectProblem(await mooring.connect({ userId, fields }), status, code);

      expect(await mooring.sql('SELECT 1 FROM connection_creations')).toEqual([]);
      expect((await mooring.connect({ userId, fields })).status).toBe(201);
    });
  });

  it('cannot be asked about a lost creation: it is asked again, for a day, and then the login is free', async () => {
    const userId = await mooring.user();
    mooring.tink.addFault({ ...post('/credentials$'), action: { kind: 'accept-then-reset' } });
    mooring.tink.addFault({ method: 'GET', path: '/credentials/list$', times: null, action: json({}, 403) });
    await mooring.connect({ userId, fields });
    const asked = () => mooring.calls({ path: '/credentials/list$' });

    mooring.advance(LEASE_OVER_MS);
    await mooring.watch();
    await mooring.watch();
    expect(asked()).toBe(1);
    mooring.advance(60_000);
    await mooring.watch();
    expect(asked()).toBe(2);
    expect(await mooring.sql('SELECT 1 FROM connection_creations')).toHaveLength(1);
    mooring.advance(24 * 3_600_000);
    await mooring.watch();
    expect(await mooring.sql('SELECT 1 FROM connection_creations')).toEqual([]);

    mooring.tink.clearFaults();
    expect((await mooring.connect({ userId, fields })).status).toBe(201);
    expect(mooring.credentialsOf(userId)).toHaveLength(1);
  });

  describe('to a refresh', () => {
    it.each<[string, FaultAction, number, string, string | null]>([
      ['HTML with 500', html(500), 503, 'provider.unavailable', null],
      [
        'a limit until then',
        { kind: 'respond', status: 429, headers: { 'Retry-After': '7' } },
        429,
        'provider.rate_limited',
        '7',
      ],
      [
        'a limit until a far date',
        { kind: 'respond', status: 429, headers: { 'Retry-After': 'Sat, 01 Jan 2028 00:00:00 GMT' } },
        429,
        'provider.rate_limited',
        '86400',
      ],
      ['a limit without a time', { kind: 'respond', status: 429 }, 429, 'provider.rate_limited', null],
      [
        'a pause of five seconds',
        { kind: 'respond', status: 503, headers: { 'Retry-After': '5' } },
        503,
        'provider.unavailable',
        '5',
      ],
      ['a cut line', { kind: 'reset' }, 503, 'provider.unavailable', null],
      ['a ban', json({}, 403), 502, 'provider.misconfigured', null],
      ['a teapot', html(418), 502, 'provider.bad_response', null],
    ])('of %s leaves the connection as it was', async (_what, action, status, code, retryAfter) => {
      const id = await mooring.active();
      const before = (await mooring.read(id)).body;
      const events = await mooring.states(id);
      mooring.tink.addFault({ ...post('/refresh$'), action });

      const answer = await mooring.post(`/v1/connections/${id}/refresh`, {});

      expectProblem(answer, status, code);
      const said = answer.headers.get('retry-after');
      expect(said).toBe(retryAfter);
      expect('retryAt' in (answer.body as object)).toBe(retryAfter !== null);
      expect(member((await mooring.read(id)).body, 'state')).toEqual(member(before, 'state'));
      expect(await mooring.states(id)).toEqual(events);
      mooring.advance(Number(retryAfter ?? 0) * 1000);
      expect((await mooring.post(`/v1/connections/${id}/refresh`, {})).status).toBe(202);
    });
  });

  describe('to a dialogue', () => {
    it.each<[string, FaultAction, number, string]>([
      ['HTML with 500', html(500), 503, 'provider.unavailable'],
      ['a cut line', { kind: 'reset' }, 503, 'provider.unavailable'],
      ['a teapot', html(418), 502, 'provider.bad_response'],
    ])('of %s leaves the question open', async (_what, action, status, code) => {
      const userId = await mooring.user();
      const id = await mooring.connected({ userId, institutionId: 'se-demobank-open-banking-embedded' });
      await mooring.until(id, 'awaiting_user');
      mooring.tink.addFault({ ...post('/supplemental-information$'), action });
      const answer = { fields: mooring.credentialOf(userId).expectedAnswer ?? {} };

      expectProblem(await mooring.post(`/v1/connections/${id}/supplemental-information`, answer), status, code);

      expect((await mooring.read(id)).body).toMatchObject({ nextAction: { kind: 'submit_information' } });
      await mooring.post(`/v1/connections/${id}/supplemental-information`, answer);
      await mooring.until(id, 'active');
    });

    it.each<[string, FaultAction]>([
      ['HTML', html(200)],
      ['an empty answer', { kind: 'respond', status: 200, body: '', contentType: 'text/plain' }],
      [
        'a picture of another kind',
        { kind: 'respond', status: 200, body: 'data:image/svg+xml;base64,PHN2Zz4=', contentType: 'text/plain' },
      ],
      ['JSON', json({ qr: 'x' })],
    ])('of %s for a QR code is a problem and no picture', async (_what, action) => {
      const id = await mooring.connected({ institutionId: 'se-demobank-open-banking-bankid', fields: {} });
      await mooring.until(id, 'awaiting_user');
      mooring.tink.addFault({ method: 'GET', path: '/qr$', action });

      expectProblem(await mooring.get(`/v1/connections/${id}/qr`), 502, 'provider.bad_response');
    });
  });

  describe('to a reading', () => {
    it.each<[string, FaultAction]>([
      ['text that is no JSON', { kind: 'malformed' }],
      ['HTML with 200', html(200)],
      ['an empty object', json({})],
      ['a status that is no text', json({ id: 'x', status: 7 })],
      ['a ban', json({}, 403)],
      ['a limit', { kind: 'respond', status: 429, headers: { 'Retry-After': '1' } }],
    ])('of %s keeps what is known, for readers and for the watcher', async (_what, action) => {
      const id = await mooring.connected();
      const state = member((await mooring.read(id)).body, 'state');
      mooring.advance(STEP_MS);
      mooring.tink.addFault({ method: 'GET', path: '/credentials/[^/]+$', times: 2, action });

      const read = await mooring.read(id);
      mooring.advance(10 * STEP_MS);
      await mooring.watch();

      expect([read.status, member(read.body, 'state')]).toEqual([200, state]);
      expect(await mooring.states(id)).toEqual(['pending']);
      mooring.tink.clearFaults();
      await mooring.until(id, 'active');
    });
  });

  describe('to a grant', () => {
    it.each<[string, string, FaultAction]>([
      ['no JSON', '/authorization-grant$', html(200)],
      ['no code', '/authorization-grant$', json({})],
    ])('of %s is a problem', async (_what, path, action) => {
      const userId = await mooring.user();
      mooring.tink.addFault({ ...post(path), action });

      const grant = { provider: 'tink', scope: ['accounts:read'] };
      expectProblem(
        await mooring.post(`/v1/users/${userId}/authorization-grants`, grant),
        502,
        'provider.bad_response',
      );
    });

    it('of no token is a problem', async () => {
      const userId = await mooring.user();
      const grant = { provider: 'tink', scope: ['accounts:read'] };
      const code = textAt((await mooring.post(`/v1/users/${userId}/authorization-grants`, grant)).body, 'code');
      mooring.tink.addFault({ ...post('/oauth/token$'), action: json({ access_token: 7, expires_in: 'soon' }) });

      expectProblem(
        await mooring.post('/v1/users/access-tokens', { provider: 'tink', code }),
        502,
        'provider.bad_response',
      );
    });
  });

  it('has its tokens revoked, and nobody notices', async () => {
    const id = await mooring.active();
    mooring.tink.revokeTokens();

    expect((await mooring.post(`/v1/connections/${id}/refresh`, {})).status).toBe(202);
    await mooring.until(id, 'active');
  });

  it('does not answer at all: each call ends in its time, and connections stay as they are', async () => {
    const id = await mooring.active();
    const userId = await mooring.user();
    const moving = await mooring.connected({ userId, fields: { username: 'u10000002', password: 'abc123' } });
    mooring.advance(STEP_MS);
    for (const path of ['/refresh$', '/credentials$', '/authorization-grant$']) {
      mooring.tink.addFault({ ...post(path), action: { kind: 'hang' } });
    }
    mooring.tink.addFault({ method: 'GET', path: '/credentials/[^/]+$', action: { kind: 'hang' } });
    const newcomer = await mooring.user();

    const [refresh, read, create, grant] = await Promise.all([
      mooring.post(`/v1/connections/${id}/refresh`, {}),
      mooring.read(moving),
      mooring.connect({ userId, fields }),
      mooring.post(`/v1/users/${newcomer}/authorization-grants`, { provider: 'tink', scope: ['accounts:read'] }),
    ]);

    for (const answer of [refresh, create, grant]) expectProblem(answer, 504, 'provider.timeout');
    expect(read.status).toBe(200);
    expect((await mooring.read(id)).body).toMatchObject({ state: { value: 'active' } });
    mooring.advance(LEASE_OVER_MS);
    await mooring.watch();
    expect(await mooring.sql('SELECT 1 FROM connection_creations')).toEqual([]);
    await mooring.until(moving, 'active');
  });

  it('never made us write down what nobody may read', () => {
    const log = mooring.logText();

    expect(log.length).toBeGreaterThan(10_000);
    expect(log).not.toMatch(/of-a-person|We are sorry|Bearer |access_token|abc123|u1000000/);
    expect(log).not.toContain('tink-client-secret-of-the-sandbox');
    for (const { id } of mooring.tink.state().credentials) expect(log).not.toContain(id);
  });
});
