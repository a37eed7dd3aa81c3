import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MovableClock } from '../../platform/time/clock.js';
import { objects } from '../simulator/testing/json-answer.js';
import { FlanksDriver, LOAD_MS, STEP_MS } from './testing/flanks-driver.js';

const LIST = '/v0/bank/credentials/list';

describe('every answer', () => {
  let driver: FlanksDriver;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
  });
  afterEach(() => driver.sim.close());

  it('is 405 for a method that a path does not have and 404 for a path that is none', async () => {
    const wrong = await driver.call('GET', LIST);
    expect([wrong.status, wrong.body]).toEqual([405, { error: 'Method not allowed' }]);
    expect((await driver.call('GET', '/v1/none')).status).toBe(404);
  });

  it('is 401 without a living access token, in the same words everywhere', async () => {
    driver.token = 'not-one';
    for (const [method, path] of [
      ['POST', LIST],
      ['GET', '/v0/bank/available'],
      ['PUT', '/v0/bank/credentials/status'],
      ['DELETE', '/v0/bank/credentials'],
      ['POST', '/v0/links/list-links'],
      ['GET', '/v0/platform/link'],
      ['POST', '/v0/platform/link'],
      ['POST', '/connect/v2/sessions/list-sessions'],
      ['POST', '/v0/bank/credentials/portfolio'],
    ] as const) {
      const answer = await driver.call(method, path, method === 'GET' ? undefined : {});
      expect([path, answer.status, answer.body]).toEqual([path, 401, { error: 'Invalid credentials' }]);
    }
  });

  it('is 400 for a body that is no JSON object', async () => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${driver.token}` };
    const broken = await fetch(driver.sim.url + LIST, { method: 'POST', headers, body: '{"page":' });
    expect([broken.status, await broken.json()]).toEqual([400, { error: 'Invalid body' }]);
    const list = await driver.post(LIST, [1]);
    expect([list.status, list.body]).toEqual([400, { error: 'Invalid body', code: 40001 }]);
  });

  it('can have the new shape for every 400', async () => {
    driver.sim.control.setSwitches({ badRequestShape: 'new' });
    const answer = await driver.post('/v0/bank/credentials/status', {});
    expect([answer.status, answer.body]).toEqual([
      400,
      {
        success: false,
        error: { code: 'ValidationError', details: [{ error_type: 'missing', field: 'credentials_token' }] },
        trace_id: expect.stringMatching(/.{36}/) as string,
      },
    ]);
  });
});

describe('the control', () => {
  let driver: FlanksDriver;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
  });
  afterEach(() => driver.sim.close());

  const post = (path: string, json: unknown = {}) => driver.post(`/__sim/${path}`, json);

  it('has the faults of every simulator, after the work too', async () => {
    const token = await driver.connected();
    const action = { kind: 'accept-then-reset' };
    expect((await post('faults', { method: 'DELETE', path: '/credentials$', action })).status).toBe(200);
    const remove = () => driver.call('DELETE', '/v0/bank/credentials', { credentials_token: token });
    await expect(remove()).rejects.toThrow('fetch failed');
    expect((await remove()).body).toMatchObject({ error: 'credentials_token does not exist' });
    driver.sim.control.addFault({
      path: '/list$',
      action: { kind: 'respond', status: 500, body: { error: 'Internal Error' } },
    });
    expect((await driver.post(LIST)).status).toBe(500);
    expect((await driver.post(LIST)).status).toBe(200);
  });

  it('moves the clock, flips switches and refuses nonsense', async () => {
    const before = driver.clock.now().getTime();
    expect((await post('clock/advance', { ms: 5 })).body).toEqual({ now: before + 5 });
    expect((await post('switches', { groupKey: 'transactions' })).body).toMatchObject({ groupKey: 'transactions' });
    expect((await post('switches', { groupKey: 'else' })).status).toBe(400);
    expect((await post('switches', { pageSize: 0 })).status).toBe(400);
    expect((await post('switches', { stateFile: '/etc' })).body).toEqual({ error: 'There is no switch stateFile' });
    expect((await driver.call('GET', '/__sim/switches')).body).toMatchObject({
      groupKey: 'transactions',
      pageSize: 50,
    });
  });

  it('steers credentials by id and by token', async () => {
    const token = await driver.connected();
    const { id } = driver.state(token);
    expect((await post(`credentials/${id}/blocked`)).body).toMatchObject({
      id,
      blocked: true,
      tokens: { reset: true },
    });
    expect((await post(`credentials/${token}/blocked`, { blocked: false })).body).toMatchObject({ blocked: false });
    expect((await post(`credentials/${id}/sca`)).body).toMatchObject({ tokens: { sca: true } });
    expect((await post(`credentials/${id}/sca`, { needed: 'yes' })).status).toBe(400);
    expect((await post(`credentials/${id}/bank-answer`, { answer: 'down' })).body).toMatchObject({
      bankAnswer: 'down',
    });
    expect((await post(`credentials/${id}/bank-answer`, { answer: 'asleep' })).status).toBe(400);
    expect((await post(`credentials/${id}/errored`, { groups: ['product.card'] })).body).toMatchObject({
      errored: ['product.card'],
    });
    expect((await post(`credentials/${id}/errored`, { groups: ['card'] })).status).toBe(400);
    expect((await post('credentials/cred-99/blocked')).status).toBe(404);
  });

  it('shows state and calls without secrets', async () => {
    const token = await driver.connected(
      { password: 'SCA_SMS', answers: ['778899'] },
      { state: 'st-4711', external_id: 'u-1' },
    );
    const left = await driver.walk({ state: 'st-4712' }, { username: 'eva' });
    const sca = await driver.force(token, 'sca');
    await driver.walk({ sca_token: sca });
    const { status } = await driver.post('/connect/v2/sessions/create-session', {
      configuration: { redirect_url: 'https://a.test' },
    });
    expect(status).toBe(200);
    const state = (await driver.call('GET', '/__sim/state')).text;
    const calls = (await driver.call('GET', '/__sim/calls')).text;
    expect(state).toContain('ana.demo');
    expect(calls).toContain('external_id=u-1');
    const code = left.location?.searchParams.get('code') ?? 'none';
    for (const secret of [token, driver.token, driver.link, sca, code, 'st-471', 'SCA_SMS', '778899', 'hush']) {
      expect([secret, state.includes(secret), calls.includes(secret)]).toEqual([secret, false, false]);
    }
  });

  it('counts calls by method and path', async () => {
    await driver.connect();
    const calls = await driver.call(
      'GET',
      `/__sim/calls?method=POST&path=${encodeURIComponent('^/v0/platform/link$')}`,
    );
    expect(objects(calls.body, 'calls')).toMatchObject([{ method: 'POST', status: 200, fault: null }]);
  });

  it('revokes tokens and forgets everything', async () => {
    await driver.connect();
    driver.sim.control.setSwitches({ pageSize: 1 });
    await post('tokens/revoke');
    expect((await driver.post(LIST)).status).toBe(401);
    await post('reset');
    expect(driver.sim.control.state()).toMatchObject({
      credentials: [],
      links: [],
      sessions: [],
      switches: { pageSize: 50 },
    });
  });
});

describe('the state file', () => {
  let directory: string;
  let stateFile: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flanks-sim-'));
    stateFile = join(directory, 'deep', 'state.json');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('brings everything back, also in the middle of the first load', async () => {
    const first = await FlanksDriver.start({ stateFile });
    const token = await first.connect({ password: 'hunter-2' });
    const open = (await first.walk({}, { username: 'eva' })).location?.searchParams.get('code') ?? '';
    first.clock.advance(3 * STEP_MS);
    const before = await first.status(token);
    await first.sim.close();
    const saved = await readFile(stateFile, 'utf8');
    for (const secret of ['hunter-2', 'hush', first.token]) expect(saved).not.toContain(secret);

    const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
    const second = await FlanksDriver.start({ stateFile, clock });
    second.token = first.token;
    expect(clock.now()).toEqual(first.clock.now());
    expect(await second.status(token)).toEqual(before);
    expect((await second.exchange(open)).status).toBe(200);
    expect((await second.walk({}, { username: 'eva' })).text).toContain('CREDENTIALS_ALREADY_EXIST');
    second.clock.advance(LOAD_MS);
    expect(await second.status(token)).toMatchObject({ pending: false });
    await second.connect({ username: 'new' });
    expect(new Set(second.sim.control.state().credentials.map(({ id }) => id)).size).toBe(3);
    await second.sim.close();
  });

  it('is refused when it is not one', async () => {
    const path = join(directory, 'other.json');
    await writeFile(path, '{"version":1,"tokens":{}}');
    await expect(FlanksDriver.start({ stateFile: path })).rejects.toThrow('not one of this simulator');
  });
});
