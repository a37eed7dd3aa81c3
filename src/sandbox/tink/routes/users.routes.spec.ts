import { text } from '../../simulator/testing/json-answer.js';
import { GOOD_LOGIN, TinkDriver } from '../testing/tink-driver.js';

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('users', () => {
  let driver: TinkDriver;

  beforeEach(async () => {
    driver = await TinkDriver.start();
  });
  afterEach(() => driver.sim.close());

  it('are created once for an external id', async () => {
    const token = await driver.clientToken();
    const json = { external_user_id: 'cust-1', market: 'SE', locale: 'sv_SE' };
    const { status, body } = await driver.call('POST', '/api/v1/user/create', { token, json });
    expect(status).toBe(200);
    expect(body).toEqual({ user_id: matching(/^[0-9a-f]{32}$/), external_user_id: 'cust-1' });
    const again = await driver.call('POST', '/api/v1/user/create', { token, json });
    expect(again.status).toBe(409);
    expect(again.body['errorCode']).toBe('user.user_with_external_user_id_already_exists');
  });

  it.each([[{ market: 'XX' }], [{}], [{ market: 'SE', locale: 'swedish' }], [{ market: 7 }], [['SE']]])(
    'are refused for %j',
    async (json) => {
      const answer = await driver.call('POST', '/api/v1/user/create', { token: await driver.clientToken(), json });
      expect(answer.status).toBe(400);
      expect(driver.sim.control.state().users).toEqual([]);
    },
  );

  it('need the client token with its scope', async () => {
    const json = { market: 'SE' };
    const create = (token: string) => driver.call('POST', '/api/v1/user/create', { token, json });
    expect((await create(await driver.userToken())).status).toBe(403);
    expect((await create(await driver.clientToken('authorization:grant'))).status).toBe(403);
    expect((await driver.call('POST', '/api/v1/user/create', { json })).status).toBe(401);
    expect((await create('nonsense')).status).toBe(401);
  });

  it('are read with their own token', async () => {
    const answer = await driver.call('GET', '/api/v1/user', { token: await driver.userToken() });
    expect(answer.body).toMatchObject({ externalUserId: 'cust-1', profile: { market: 'SE', currency: 'SEK' } });
  });

  it('are deleted with their own token, and everything with them', async () => {
    const token = await driver.userToken();
    await driver.create(token, 'se-demobank-password', GOOD_LOGIN);
    const client = await driver.clientToken();
    expect((await driver.call('POST', '/api/v1/user/delete', { token: client })).status).toBe(403);
    const deleted = await driver.call('POST', '/api/v1/user/delete', { token });
    expect(deleted.status).toBe(204);
    expect(deleted.bytes).toHaveLength(0);
    expect(driver.sim.control.state()).toMatchObject({ users: [], credentials: [] });
    expect((await driver.call('GET', '/api/v1/user', { token })).status).toBe(401);
    const form = { external_user_id: 'cust-1', scope: 'user:read' };
    const grant = await driver.call('POST', '/api/v1/oauth/authorization-grant', { token: client, form });
    expect(grant.status).toBe(404);
  });

  it('do not see the credentials of each other', async () => {
    const token = await driver.userToken();
    const { body } = await driver.create(token, 'se-demobank-password', GOOD_LOGIN);
    const path = `/api/v1/credentials/${text(body, 'id')}`;
    const stranger = await driver.userToken('cust-2');
    expect((await driver.call('GET', path, { token: stranger })).status).toBe(404);
    expect((await driver.call('DELETE', path, { token: stranger })).status).toBe(404);
    expect((await driver.call('GET', path, { token })).status).toBe(200);
  });
});
