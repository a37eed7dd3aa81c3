import { FlanksDriver } from '../testing/flanks-driver.js';

const LIST = '/v0/bank/credentials/list';

describe('access tokens', () => {
  let driver: FlanksDriver;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
  });
  afterEach(() => driver.sim.close());

  it('come for a JSON grant and live an hour', async () => {
    const { status, body } = await driver.signIn();
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: driver.token,
      expires_in: 3600,
      token_type: 'Bearer',
      scope: 'read write aggregation',
    });
    driver.clock.advance(3_599_999);
    expect((await driver.post(LIST)).status).toBe(200);
    driver.clock.advance(1);
    expect((await driver.post(LIST)).status).toBe(401);
  });

  it('can be short', async () => {
    driver.sim.control.setSwitches({ tokenSeconds: 5 });
    expect((await driver.signIn()).body['expires_in']).toBe(5);
    driver.clock.advance(5000);
    expect((await driver.post(LIST)).status).toBe(401);
  });

  it.each([{ client_id: 'else' }, { client_secret: 'else' }, { grant_type: 'password' }])(
    'are denied with 403 for %j',
    async (wrong) => {
      const { status, body } = await driver.signIn(wrong);
      expect([status, body]).toEqual([403, { error: 'access_denied' }]);
    },
  );

  it('need all three fields, and no form', async () => {
    const { status, body } = await driver.signIn({ client_secret: '' });
    expect([status, body['error']]).toEqual([400, 'Missing fields: client_secret']);
    const form = new URLSearchParams({ client_id: 'app', client_secret: 'hush', grant_type: 'client_credentials' });
    expect((await fetch(`${driver.sim.url}/v0/token`, { method: 'POST', body: form })).status).toBe(400);
  });

  it.each([
    [false, 200],
    [true, 401],
  ])('with singleActiveToken %s leave the one before at %s', async (singleActiveToken, expected) => {
    driver.sim.control.setSwitches({ singleActiveToken });
    const before = driver.token;
    await driver.signIn();
    expect((await driver.post(LIST)).status).toBe(200);
    driver.token = before;
    expect((await driver.post(LIST)).status).toBe(expected);
  });
});
