import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MovableClock } from '../../platform/time/clock.js';
import { objects, text } from '../simulator/testing/json-answer.js';
import { GOOD_LOGIN, TinkDriver } from './testing/tink-driver.js';

const OTP = 'se-demobank-open-banking-embedded';
const LIST = '/api/v1/credentials/list';

describe('every answer', () => {
  let driver: TinkDriver;

  beforeEach(async () => {
    driver = await TinkDriver.start();
  });
  afterEach(() => driver.sim.close());

  it('has a request id of its own and echoes the trace id', async () => {
    const headers = { 'x-client-trace-id': 'trace-7', 'x-request-id': 'mine' };
    const first = await driver.call('GET', LIST, { headers });
    const second = await driver.call('GET', '/nowhere');
    expect([first.status, second.status]).toEqual([401, 404]);
    expect(first.headers.get('x-client-trace-id')).toBe('trace-7');
    expect(second.headers.get('x-client-trace-id')).toBeNull();
    const ids = [first, second].map(({ headers: answered }) => answered.get('x-request-id'));
    expect(ids).not.toContain('mine');
    expect(new Set(ids).size).toBe(2);
    expect(second.body).toEqual({ errorMessage: 'HTTP 404 Not Found', errorCode: '404' });
  });
});

describe('faults on request', () => {
  let driver: TinkDriver;
  let token: string;

  beforeEach(async () => {
    driver = await TinkDriver.start();
    token = await driver.userToken();
    driver.sim.control.clearCalls();
  });
  afterEach(() => driver.sim.close());

  const list = () => driver.call('GET', LIST, { token });

  it('answer in its place with any status, header and body, as often as told', async () => {
    const action = {
      kind: 'respond',
      status: 429,
      headers: { 'Retry-After': '7' },
      body: { errorCode: '429' },
    } as const;
    driver.sim.control.addFault({ method: 'GET', path: '/list$', times: 2, after: 1, action });
    expect((await list()).status).toBe(200);
    const limited = await list();
    expect([limited.status, limited.headers.get('retry-after'), limited.body['errorCode']]).toEqual([429, '7', '429']);
    expect((await driver.call('GET', '/api/v1/user', { token })).status).toBe(200);
    expect([(await list()).status, (await list()).status]).toEqual([429, 200]);
    expect(driver.sim.control.state().faults).toEqual([]);
  });

  it('answer a 5xx that is not JSON', async () => {
    const action = { kind: 'respond', status: 502, body: '<html>', contentType: 'text/html' } as const;
    driver.sim.control.addFault({ path: '/list', action });
    const answer = await list();
    expect([answer.status, answer.headers.get('content-type'), answer.bytes.toString()]).toEqual([
      502,
      'text/html',
      '<html>',
    ]);
  });

  it('break the connection before the work or after it', async () => {
    const create = () => driver.create(token, OTP, GOOD_LOGIN);
    driver.sim.control.addFault({ path: '/credentials$', action: { kind: 'reset' } });
    await expect(create()).rejects.toThrow('fetch failed');
    expect(driver.sim.control.state().credentials).toHaveLength(0);
    driver.sim.control.addFault({ path: '/credentials$', action: { kind: 'accept-then-reset' } });
    await expect(create()).rejects.toThrow('fetch failed');
    expect(driver.sim.control.state().credentials).toHaveLength(1);
    expect((await create()).status).toBe(409);
    const seen = driver.sim.control.calls({ method: 'POST' }).map(({ status, fault }) => [status, fault]);
    expect(seen).toEqual([
      [null, 'reset'],
      [null, 'accept-then-reset'],
      [409, null],
    ]);
  });

  it('break the body', async () => {
    driver.sim.control.addFault({ path: '/list', action: { kind: 'malformed' } });
    const malformed = await list();
    expect([malformed.status, malformed.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(() => JSON.parse(malformed.bytes.toString()) as unknown).toThrow(SyntaxError);
    driver.sim.control.addFault({ path: '/list', action: { kind: 'truncate' } });
    await expect(list()).rejects.toThrow('terminated');
  });

  it('delay or never answer', async () => {
    driver.sim.control.addFault({ path: '/list', action: { kind: 'delay', ms: 20 } });
    const before = performance.now();
    expect((await list()).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(19);
    driver.sim.control.addFault({ path: '/list', action: { kind: 'hang' } });
    const signal = AbortSignal.timeout(50);
    await expect(fetch(driver.sim.url + LIST, { signal })).rejects.toThrow('timeout');
  });
});

describe('the control route', () => {
  let driver: TinkDriver;
  let token: string;

  beforeEach(async () => {
    driver = await TinkDriver.start();
    token = await driver.userToken();
  });
  afterEach(() => driver.sim.close());

  const post = (path: string, json: unknown = {}) => driver.call('POST', `/__sim/${path}`, { json });

  it('moves the clock', async () => {
    const before = driver.clock.now().getTime();
    expect((await post('clock/advance', { ms: 5000 })).body).toEqual({ now: before + 5000 });
    expect((await driver.call('GET', '/__sim/clock')).body).toEqual({ now: before + 5000 });
    expect((await post('clock/advance', { ms: -1 })).status).toBe(400);
  });

  it('arms and clears faults, and says what is wrong with one', async () => {
    const fault = { path: '/list', times: null, action: { kind: 'respond', status: 503 } };
    const { body } = await post('faults', fault);
    expect((await driver.call('GET', LIST, { token })).status).toBe(503);
    expect(objects((await driver.call('GET', '/__sim/faults')).body, 'faults')).toMatchObject([
      { id: body['id'], hits: 1 },
    ]);
    expect((await driver.call('DELETE', `/__sim/faults/${text(body, 'id')}`)).status).toBe(204);
    expect((await driver.call('GET', LIST, { token })).status).toBe(200);
    for (const wrong of [{}, { path: '(' }, { path: '/', action: { kind: 'fire' } }, { path: '/', times: 0 }]) {
      expect((await post('faults', wrong)).status).toBe(400);
    }
    expect((await post('faults', { path: '/', action: { kind: 'respond', status: 99 } })).status).toBe(400);
  });

  it('sets a status with its detail, an outcome, and ends a session', async () => {
    const id = await driver.connected(token, OTP);
    const detailedError = {
      type: 'AUTHORIZATION_ERROR',
      displayMessage: 'No.',
      details: { reason: 'ACTION_NOT_PERMITTED' },
    };
    await post(`credentials/${id}/status`, { status: 'AUTHENTICATION_ERROR', detailedError, statusPayload: 'No.' });
    expect(await driver.read(token, id)).toMatchObject({ status: 'AUTHENTICATION_ERROR', statusPayload: 'No.' });
    expect(await driver.reason(token, id)).toBe('ACTION_NOT_PERMITTED');
    await post(`credentials/${id}/status`, { status: 'UPDATED' });
    await post(`credentials/${id}/outcome`, { outcome: 'bank-down' });
    await driver.call('POST', `/api/v1/credentials/${id}/refresh`, { token });
    driver.steps(2);
    expect(await driver.reason(token, id)).toBe('PROVIDER_UNAVAILABLE');
    await post(`credentials/${id}/status`, { status: 'UPDATED' });
    expect((await post(`credentials/${id}/kill-session`)).body).toMatchObject({ status: 'SESSION_EXPIRED' });
    expect((await post(`credentials/${id}/status`, { status: 'FINE' })).status).toBe(400);
    expect((await post(`credentials/nope/outcome`, { outcome: 'blocked' })).status).toBe(404);
    expect((await post(`credentials/${id}/approve`)).status).toBe(409);
  });

  it('counts calls and dumps the state, both without secrets', async () => {
    await driver.connected(token, OTP);
    await driver.create(token, 'se-demobank-open-banking-redirect', {});
    const path = encodeURIComponent('/supplemental-information$');
    const counted = await driver.call('GET', `/__sim/calls?method=POST&path=${path}`);
    expect(objects(counted.body, 'calls')).toMatchObject([{ method: 'POST', status: 204 }]);
    expect((await driver.call('GET', '/__sim/calls?path=(')).status).toBe(400);
    const all = (await driver.call('GET', '/__sim/calls')).bytes.toString();
    const state = (await driver.call('GET', '/__sim/state')).bytes.toString();
    expect(state).toContain('u10000001');
    for (const dump of [all, state]) {
      for (const secret of [token, 'abc123', 'hush', 'fieldsDigest', '__sim']) expect(dump).not.toContain(secret);
    }
  });

  it('revokes tokens and forgets everything', async () => {
    expect((await post('tokens/revoke')).status).toBe(204);
    expect((await driver.call('GET', LIST, { token })).status).toBe(401);
    expect((await post('reset')).status).toBe(204);
    expect(driver.sim.control.state()).toMatchObject({ users: [], credentials: [], faults: [] });
    expect(driver.sim.control.calls()).toEqual([]);
  });
});

describe('the state file', () => {
  let directory: string;
  let stateFile: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tink-sim-'));
    stateFile = join(directory, 'deep', 'state.json');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('brings users, credentials, tokens and time back, also in the middle of a run', async () => {
    const first = await TinkDriver.start({ stateFile });
    const token = await first.userToken();
    const id = text((await first.create(token, OTP, GOOD_LOGIN)).body, 'id');
    first.clock.advance(2000);
    const asked = await first.read(token, id);
    await first.sim.close();
    const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
    const second = await TinkDriver.start({ stateFile, clock });
    expect(clock.now().getTime()).toBe(first.clock.now().getTime());
    expect(await second.read(token, id)).toEqual(asked);
    const answer = second.sim.control.credentials(id).expectedAnswer ?? {};
    await second.answer(token, id, answer);
    second.steps(2);
    expect(await second.read(token, id)).toMatchObject({ status: 'UPDATED' });
    await second.sim.close();
  });

  it('is whole on disk before a write is answered, and holds no secret', async () => {
    const driver = await TinkDriver.start({ stateFile });
    const token = await driver.userToken();
    const ids = await Promise.all(
      ['se', 'de', 'es', 'fr', 'no'].map(async (market) =>
        text((await driver.create(token, `${market}-demobank-password`, GOOD_LOGIN)).body, 'id'),
      ),
    );
    const saved = await readFile(stateFile, 'utf8');
    expect(JSON.parse(saved)).toMatchObject({ version: 1 });
    for (const id of ids) expect(saved).toContain(id);
    for (const secret of [token, 'abc123', 'hush']) expect(saved).not.toContain(secret);
    expect(await readdir(join(directory, 'deep'))).toEqual(['state.json']);
    await driver.sim.close();
  });

  it('is refused when it is not one', async () => {
    const path = join(directory, 'other.json');
    await writeFile(path, '{"hello":1}');
    await expect(TinkDriver.start({ stateFile: path })).rejects.toThrow('not one of this simulator');
    await writeFile(path, 'nonsense');
    await expect(TinkDriver.start({ stateFile: path })).rejects.toThrow(SyntaxError);
  });
});
