import { type Walk, walkHostedPages } from '../hosted-visitor.js';
import { objects, part, text } from '../../simulator/testing/json-answer.js';
import { FlanksDriver, STEP_MS } from '../testing/flanks-driver.js';

const BACK = 'https://app.test/session';

describe('connectors', () => {
  let driver: FlanksDriver;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
  });
  afterEach(() => driver.sim.close());

  const list = async (body: unknown) => driver.post('/connect/v2/connectors/list-connectors', body);
  const ids = async (query: unknown) =>
    objects((await list({ query })).body, 'items').map(({ connector_id }) => connector_id);

  it('have ids of their own and come by query', async () => {
    const all = (await list({ query: {} })).body;
    expect(all['next_page_token']).toBeNull();
    expect(objects(all, 'items')[0]).toEqual({
      connector_id: 'esp:testbank',
      name: 'TestBank',
      countries: ['esp'],
      type: 'e-banking',
    });
    expect(await ids({ connector_id_in: ['esp:testbank', 'prt:bancoexemplo', 'none'] })).toEqual([
      'esp:testbank',
      'prt:bancoexemplo',
    ]);
    expect(await ids({ connector_id_in: [] })).toEqual([]);
    expect(await ids({ countries: ['esp'], type: ['psd2'] })).toEqual(['esp:bancoficticio']);
  });

  it('come by page', async () => {
    driver.sim.control.setSwitches({ pageSize: 4 });
    const first = (await list({ query: {} })).body;
    expect(objects(first, 'items')).toHaveLength(4);
    const second = (await list({ query: {}, page_token: first['next_page_token'] })).body;
    expect([objects(second, 'items').length, second['next_page_token']]).toEqual([2, null]);
    expect((await list({ query: {}, page_token: 'bm90aGluZw' })).status).toBe(400);
  });

  it('need a query', async () => {
    const answer = await list({});
    expect([answer.status, part(answer.body, 'error')]).toEqual([
      400,
      { code: 'ValidationError', details: [{ error_type: 'missing', field: 'query' }] },
    ]);
    expect((await list({ query: { colour: ['red'] } })).status).toBe(400);
    expect((await list({ query: { type: 'psd2' } })).status).toBe(400);
  });
});

describe('sessions', () => {
  let driver: FlanksDriver;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
  });
  afterEach(() => driver.sim.close());

  const create = async (configuration: Record<string, unknown> = {}) => {
    const body = { configuration: { redirect_url: BACK, ...configuration } };
    const answer = await driver.post('/connect/v2/sessions/create-session', body);
    return part(answer.body, 'session');
  };
  const query = async (filter: Record<string, unknown>) => {
    const answer = await driver.post('/connect/v2/sessions/list-sessions', { query: filter, page_token: null });
    return objects(answer.body, 'items');
  };
  const get = async (session: Record<string, unknown>) =>
    (await query({ session_id_in: [session['session_id']] }))[0] ?? {};
  const walk = (session: Record<string, unknown>, plan: Walk = {}) => walkHostedPages(text(session, 'url'), plan);
  const returned = (session: Record<string, unknown>) => `${BACK}?session_id=${text(session, 'session_id')}`;

  it('lead to credentials that the older APIs know', async () => {
    const session = await create({ connector_id: 'esp:testbank', external_id: 'u-5' });
    expect(session).toEqual({
      session_id: expect.stringMatching(/^ses_/) as string,
      status: 'Waiting:ProvideCredentials',
      connection_id: null,
      error_code: null,
      url: expect.stringContaining(`${driver.sim.platformUrl}/connect?session=`) as string,
    });
    expect((await walk(session)).location?.href).toBe(returned(session));
    const done = await get(session);
    expect(done).toMatchObject({ status: 'Finished:OK', error_code: null });
    expect(await driver.status(text(done, 'connection_id'))).toMatchObject({ pending: true, name: 'testbank' });
    expect(driver.state(text(done, 'connection_id'))).toMatchObject({ externalId: 'u-5' });
    expect((await driver.call('GET', '/v0/platform/link')).list).toEqual([]);
  });

  it('work once', async () => {
    const session = await create();
    await walk(session);
    const again = await walk(session, { username: 'eva' });
    expect([again.status, again.location]).toEqual([404, null]);
    const stale = await create();
    driver.clock.advance(3_600_000);
    expect((await walk(stale)).text).toContain('over');
  });

  it('show where they stand', async () => {
    const session = await create({ connector_id: 'esp:testbank' });
    const html = await (await fetch(text(session, 'url'))).text();
    const visit = /name="visit" value="([^"]*)"/.exec(html)?.[1] ?? '';
    const send = (fields: Record<string, string>) =>
      fetch(`${driver.sim.platformUrl}/connect`, {
        method: 'POST',
        body: new URLSearchParams({ visit, ...fields }),
        redirect: 'manual',
      });
    await send({ username: 'ana', password: 'SCA_SMS' });
    expect(await get(session)).toMatchObject({ status: 'Waiting:Challenge' });
    driver.sim.control.setSwitches({ processingOnReturn: true });
    expect((await send({ answer: '1' })).status).toBe(303);
    expect(await get(session)).toMatchObject({ status: 'Processing:Challenge', connection_id: null });
    driver.clock.advance(STEP_MS);
    expect(await get(session)).toMatchObject({ status: 'Finished:OK' });
  });

  it.each([
    ['INVALID_CREDENTIALS', 'InvalidCredentials'],
    ['SCA_TYPE_NOT_ALLOWED', 'UnsupportedChallengeMethod'],
    ['USER_INTERACTION_NEEDED', 'UserInteractionNeeded'],
    ['INTERNAL_ERROR', 'InternalError'],
  ])('end for the password %s with %s', async (password, code) => {
    const session = await create();
    expect((await walk(session, { password })).location?.href).toBe(returned(session));
    expect(await get(session)).toMatchObject({ status: 'Finished:Error', error_code: code, connection_id: null });
    expect(await query({ error_code_in: [code], status_in: ['Finished:Error'] })).toHaveLength(1);
  });

  it('end for a wrong answer with InvalidChallengeResponse', async () => {
    const session = await create();
    await walk(session, { password: 'SCA_SMS', answers: ['INVALID_SCA'] });
    expect(await get(session)).toMatchObject({ error_code: 'InvalidChallengeResponse' });
  });

  it('meet existing credentials with the code of the switch', async () => {
    await driver.connect();
    const first = await create();
    await walk(first);
    expect(await get(first)).toMatchObject({ status: 'Finished:Error', error_code: 'InternalError' });
    driver.sim.control.setSwitches({ sessionDuplicateCode: 'CredentialsAlreadyExist' });
    const second = await create();
    await walk(second);
    expect(await get(second)).toMatchObject({ error_code: 'CredentialsAlreadyExist' });
  });

  it('repair an existing connection: SCA, block, or a changed login', async () => {
    const token = await driver.connected();
    for (const set of [
      () => driver.sim.control.setSca(token, true),
      () => driver.sim.control.setBlocked(token, true),
      () => driver.state(token),
    ]) {
      set();
      const session = await create({ connection_id: token });
      expect((await walk(session)).location?.href).toBe(returned(session));
      expect(await get(session)).toMatchObject({ status: 'Finished:OK', connection_id: token });
      expect(driver.state(token)).toMatchObject({ blocked: false, tokens: { sca: false, reset: false } });
    }
    expect(await query({ connection_id_in: [token] })).toHaveLength(3);
    expect(driver.sim.control.state().credentials).toHaveLength(1);
  });

  it('of somebody who leaves stay open', async () => {
    const session = await create();
    expect((await walk(session, { leaves: true })).location?.href).toBe(returned(session));
    expect(await get(session)).toMatchObject({ status: 'Waiting:ProvideCredentials' });
  });

  it('offer only what the filter leaves', async () => {
    const rules = [
      { action: 'exclude', field: 'connector_id', value: '*' },
      { action: 'include', field: 'countries', value: ['fra'] },
    ];
    const session = await create({ connector_filter: { rules } });
    const html = await (await fetch(text(session, 'url'))).text();
    expect([html.includes('banquedemo'), html.includes('testbank')]).toEqual([true, false]);
  });

  it('refuse a configuration that cannot be', async () => {
    for (const configuration of [
      undefined,
      {},
      { redirect_url: 'nowhere' },
      { redirect_url: BACK, connector_id: 'esp:nobank' },
      { redirect_url: BACK, connection_id: 'none' },
      { redirect_url: BACK, connector_filter: { rules: [{ action: 'maybe', field: 'type', value: 'psd2' }] } },
    ]) {
      const answer = await driver.post('/connect/v2/sessions/create-session', { configuration });
      expect([answer.status, part(answer.body, 'error')['code']]).toEqual([400, 'ValidationError']);
    }
  });
});
