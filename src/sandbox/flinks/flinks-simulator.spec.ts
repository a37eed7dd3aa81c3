import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MovableClock } from '../../platform/time/clock.js';
import { FLINKS_CODES, statusOf } from './flinks-codes.js';
import { objects, text } from '../simulator/testing/json-answer.js';
import { CUSTOMER, DAY, FlinksDriver } from './testing/flinks-driver.js';

describe('control', () => {
  let driver: FlinksDriver;

  beforeEach(async () => {
    driver = await FlinksDriver.start();
  });
  afterEach(() => FlinksDriver.stopAll());

  const post = (path: string, json: unknown = {}) => driver.call('POST', `/__sim/${path}`, { json });
  const get = async (path: string) => (await driver.call('GET', `/__sim/${path}`)).body;

  it.each(FLINKS_CODES)('produces %s', async (code) => {
    driver.sim.control.script({ username: 'greatday_nomfa', at: 'authorize', code });
    const { status, body } = await driver.signIn('greatday_nomfa');
    expect(body).toMatchObject({ FlinksCode: code, HttpStatusCode: status });
    expect(status).toBe(statusOf(code, { generation: 'new', throttledStatus: 401 }));
    expect((await driver.signIn('greatday_nomfa')).status).toBe(200);
  });

  it('a script hits its login as often as told', async () => {
    await post('scripts', { username: 'Greatday_NoMFA', at: 'authorize', code: 'RETRY_LATER', times: 2 });
    const code = async (username: string) => (await driver.signIn(username)).body['FlinksCode'];
    expect([await code('greatday_business'), await code('greatday_nomfa'), await code('greatday_nomfa')]).toEqual([
      undefined,
      'RETRY_LATER',
      'RETRY_LATER',
    ]);
    expect(await code('greatday_nomfa')).toBeUndefined();
    await post('scripts', { username: 'greatday_choice', code: 'NEW_ACCOUNT', times: null });
    for (let n = 0; n < 3; n += 1) expect(await code('greatday_choice')).toBe('NEW_ACCOUNT');
    await driver.call('DELETE', '/__sim/scripts');
    expect((await driver.signIn('greatday_choice')).status).toBe(203);
    expect((await post('scripts', { username: 'x', code: 'INSTITUTION_NOT_AVAILABLE' })).status).toBe(401);
    expect((await post('scripts', { username: 'x', code: 'NEW_ACCOUNT', times: 0 })).status).toBe(401);
  });

  it('counts who was attempted', async () => {
    const loginId = await driver.connected('greatday_nomfa');
    await driver.refresh(loginId);
    await driver.signIn('nobody', { Institution: 'Maple Demo Bank', Language: 'fr' });
    const { attempts } = { attempts: objects(await get('attempts'), 'attempts') };
    expect(
      attempts.map(({ cause, username, institution, language }) => [cause, username, institution, language]),
    ).toEqual([
      ['credentials', 'greatday_nomfa', 'FlinksCapital', 'en'],
      ['login-id', 'greatday_nomfa', 'FlinksCapital', 'en'],
      ['credentials', 'nobody', 'Maple Demo Bank', 'fr'],
    ]);
    expect(objects(await get(`attempts?loginId=${loginId}`), 'attempts')).toHaveLength(1);
    expect(objects(await get('attempts?cause=credentials&username=NOBODY'), 'attempts')).toHaveLength(1);
    expect(driver.sim.control.attempts({ language: 'fr', institution: 'FlinksCapital' })).toEqual([]);
    expect(await get(`cards/${loginId}`)).toMatchObject({ attempts: 2 });
    await driver.call('DELETE', '/__sim/attempts');
    expect(await get(`cards/${loginId}`)).toMatchObject({ attempts: 0 });
  });

  it('saves a card with data, and changes it', async () => {
    const { body } = await post('cards', { username: 'greatday', language: 'fr', scheduleRefresh: true });
    const loginId = text(body, 'loginId');
    expect(body).toMatchObject({ institution: 'FlinksCapital', aggregating: false, hasCredentials: true, attempts: 0 });
    expect((await driver.cached(loginId)).status).toBe(200);
    expect((await driver.refresh(loginId)).status).toBe(203);
    expect(await driver.connected('greatday', { Language: 'fr' })).toBe(loginId);
    expect((await post(`cards/${loginId}/scheduled-refresh`, { active: false })).body).toMatchObject({
      isScheduledRefresh: false,
    });
    await post(`cards/${loginId}/last-refresh-error`, { code: 'NEW_ACCOUNT' });
    expect((await driver.cached(loginId)).body).toMatchObject({ FlinksCode: 'NEW_ACCOUNT' });
    await post(`cards/${loginId}/last-refresh-error`, {});
    expect((await driver.cached(loginId)).status).toBe(200);
    expect((await driver.call('GET', '/__sim/cards/nope')).status).toBe(404);
    expect(() => driver.sim.control.link({ username: 'x', institution: 'Nowhere' })).toThrow('Nowhere');
  });

  it('shows and ends a session', async () => {
    const { body } = await driver.signIn('greatday_image');
    const requestId = text(body, 'RequestId');
    expect(await get(`sessions/${requestId}`)).toMatchObject({
      ...{ phase: 'challenged', cached: false, loginId: null, code: null, challenges: body['SecurityChallenges'] },
    });
    expect((await post(`sessions/${requestId}/expire`)).body).toMatchObject({
      phase: 'expired',
      expectedAnswers: null,
    });
    expect((await driver.answer(requestId, {})).body).toMatchObject({ FlinksCode: 'SESSION_EXPIRED' });
    expect((await driver.call('GET', '/__sim/sessions/nope')).status).toBe(404);
  });

  it('switches, passwords, nights, tokens and everything', async () => {
    const set = { pendingPolls: 3, generation: 'old', throttledStatus: 403, disabledEndpoints: ['Institutions'] };
    expect((await post('switches', set)).body).toMatchObject({ ...set, answerAttempts: 3, deleteUnknown: 'error' });
    expect((await driver.bank('GET', 'Institutions')).status).toBe(501);
    expect((await post('switches', { throttledStatus: 500 })).status).toBe(400);
    expect((await post('switches', { pendingPolls: -1 })).status).toBe(400);
    await post('passwords', { username: 'greatday_nomfa', password: 'Newer' });
    expect((await driver.signIn('greatday_nomfa')).body).toMatchObject({ FlinksCode: 'INVALID_PASSWORD' });
    expect((await post('nightly')).body).toEqual({ attempted: [] });
    expect((await post('tokens/revoke')).status).toBe(204);
    expect((await post('reset')).status).toBe(204);
    expect(driver.sim.control.state()).toMatchObject({ cards: [], sessions: [], scripts: [], faults: [] });
    expect((await driver.signIn('greatday_nomfa')).status).toBe(200);
  });

  it('moves the clock and steers faults over HTTP', async () => {
    const before = driver.clock.now().getTime();
    expect((await post('clock/advance', { ms: DAY })).body).toEqual({ now: before + DAY });
    const action = { kind: 'respond', status: 503, body: 'down' };
    expect((await post('faults', { method: 'POST', path: '/Authorize$', action })).status).toBe(200);
    expect((await driver.signIn('greatday_nomfa')).status).toBe(503);
    expect((await driver.signIn('greatday_nomfa')).status).toBe(200);
    expect((await post('faults', { path: '(' })).status).toBe(400);
    expect((await get('calls?path=Authorize$'))['calls']).toMatchObject([
      { method: 'POST', status: 503, fault: 'respond' },
      { method: 'POST', status: 200, fault: null },
    ]);
  });

  it('a broken connection leaves the work done or not', async () => {
    driver.sim.control.addFault({ path: '/Authorize$', action: { kind: 'reset' } });
    await expect(driver.signIn('greatday_nomfa')).rejects.toThrow('fetch failed');
    expect(driver.sim.control.state().cards).toEqual([]);
    driver.sim.control.addFault({ path: '/Authorize$', action: { kind: 'accept-then-reset' } });
    await expect(driver.signIn('greatday_nomfa')).rejects.toThrow('fetch failed');
    expect(driver.sim.control.state().cards).toHaveLength(1);
  });

  it('what is not JSON is INVALID_REQUEST', async () => {
    const response = await fetch(`${driver.sim.apiUrl}/v3/${CUSTOMER}/BankingServices/Authorize`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"broken": ',
    });
    expect(await response.json()).toMatchObject({ HttpStatusCode: 401, FlinksCode: 'INVALID_REQUEST' });
  });

  it('its dumps hold no password and no token', async () => {
    const token = await driver.token();
    await driver.signIn('greatday', { Password: 'hush-hush' });
    const dumps = [await get('state'), await get('calls'), await get('attempts')].map((dump) => JSON.stringify(dump));
    for (const dump of dumps) for (const secret of [token, 'hush-hush', 'Digest']) expect(dump).not.toContain(secret);
  });
});

describe('the state file', () => {
  let directory: string;
  let stateFile: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flinks-sim-'));
    stateFile = join(directory, 'state.json');
  });
  afterEach(async () => {
    await FlinksDriver.stopAll();
    await rm(directory, { recursive: true });
  });

  it('brings cards, dialogues, visits, tokens and time back', async () => {
    const first = await FlinksDriver.start({ stateFile, secretKey: 'sim-secret' });
    const token = await first.token('sim-secret');
    const loginId = first.sim.control.link({ username: 'greatday_nomfa' });
    const headers = { 'flinks-auth-key': await first.token('sim-secret') };
    const login = { Institution: 'FlinksCapital', Username: 'greatday', Password: 'Everyday', Save: true };
    const asked = await first.authorize(login, headers);
    const page = await first.call('GET', `/v2/?demo=true&authorizeToken=${await first.token('sim-secret')}`);
    first.sim.control.script({ username: 'x', at: 'authorize', code: 'NEW_ACCOUNT' });
    first.clock.advance(60_000);
    await first.stop();
    const saved = await readFile(stateFile, 'utf8');
    for (const secret of [token, 'Everyday', 'sim-secret']) expect(saved).not.toContain(secret);

    const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
    const second = await FlinksDriver.start({ stateFile, clock, secretKey: 'sim-secret' });
    expect(clock.now()).toEqual(first.clock.now());
    const RequestId = text(asked.body, 'RequestId');
    const SecurityResponses = second.sim.control.session(RequestId).expectedAnswers;
    expect((await second.authorize({ RequestId, SecurityResponses }, headers)).status).toBe(200);
    const cached = { LoginId: loginId, MostRecentCached: true };
    expect((await second.authorize(cached, { 'flinks-auth-key': token })).status).toBe(200);
    const [, visit = ''] = /action="([^"]+)"/.exec(page.text) ?? [];
    expect((await second.call('GET', visit)).status).toBe(200);
    expect(second.sim.control.state().scripts).toHaveLength(1);
    expect(second.sim.control.card(loginId).attempts).toBe(0);
    await second.stop();
  });

  it('what was due while nobody looked happens in its order', async () => {
    const first = await FlinksDriver.start({ stateFile });
    const loginId = first.sim.control.link({ username: 'greatday_nomfa', scheduleRefresh: true });
    await first.cached(loginId);
    await first.stop();
    const clock = MovableClock.frozenAt(new Date('2026-11-23T10:00:00.000Z'));
    const second = await FlinksDriver.start({ stateFile, clock });
    expect(second.sim.control.attempts({ cause: 'nightly' })).toHaveLength(3);
    await second.stop();
  });

  it('is refused when it is not one', async () => {
    await writeFile(stateFile, '{"version":1,"tokens":[]}');
    await expect(FlinksDriver.start({ stateFile })).rejects.toThrow('not one of this simulator');
  });
});
