import { objects, text } from '../../simulator/testing/json-answer.js';
import { GOOD_LOGIN, TinkDriver } from '../testing/tink-driver.js';

const EXTENDABLE = 'uk-demobank-open-banking-redirect-extendable';

describe('outcomes, consents and providers', () => {
  let driver: TinkDriver;
  let token: string;

  beforeEach(async () => {
    driver = await TinkDriver.start();
    token = await driver.userToken();
  });
  afterEach(() => driver.sim.close());

  it.each([
    ['u10000001', 'UPDATED', undefined],
    ['u10000002', 'UPDATED', undefined],
    ['u10000003', 'TEMPORARY_ERROR', 'NO_ACCOUNTS'],
    ['u10000004', 'AUTHENTICATION_ERROR', 'STATIC_CREDENTIALS_INCORRECT'],
    ['u10000005', 'AUTHENTICATION_ERROR', 'USER_BLOCKED'],
    ['u10000006', 'TEMPORARY_ERROR', 'UNKNOWN_PROVIDER_ERROR'],
    ['u10000007', 'TEMPORARY_ERROR', 'PROVIDER_UNAVAILABLE'],
    ['u10000008', 'AUTHENTICATION_ERROR', 'USER_NOT_A_CUSTOMER'],
    ['nobody', 'AUTHENTICATION_ERROR', 'STATIC_CREDENTIALS_INCORRECT'],
    ['tink', 'AUTHENTICATION_ERROR', 'STATIC_CREDENTIALS_INCORRECT'],
  ])('%s ends in %s %s', async (username, status, reason) => {
    const { body } = await driver.create(token, 'se-demobank-password', { username, password: 'abc123' });
    driver.steps(4);
    expect(await driver.read(token, text(body, 'id'))).toMatchObject({ status });
    expect(await driver.reason(token, text(body, 'id'))).toBe(reason);
  });

  it.each([
    ['tink', 'tink-1234', 'UPDATED'],
    ['tink', 'abc123', 'AUTHENTICATION_ERROR'],
    ['u10000001', 'abc123', 'AUTHENTICATION_ERROR'],
  ])('the test password provider takes %s/%s to %s', async (username, password, status) => {
    const { body } = await driver.create(token, 'se-test-password', { username, password });
    driver.steps(4);
    expect(await driver.read(token, text(body, 'id'))).toMatchObject({ status });
  });

  it('a consent names its accounts and, only in an error, the detail', async () => {
    const id = await driver.connected(token, 'se-demobank-open-banking-embedded');
    const consent = await driver.consent(token, id);
    expect(consent).toMatchObject({ credentialsId: id, status: 'UPDATED', sessionExtendable: false });
    expect(consent['accountIds']).toHaveLength(3);
    expect(consent).not.toHaveProperty('detailedError');
    const reader = await driver.userToken('cust-1', 'credentials:read');
    expect((await driver.call('GET', '/api/v1/provider-consents', { token: reader })).status).toBe(403);
    const none = await driver.call('GET', '/api/v1/provider-consents?credentialsId=other', { token });
    expect(none.body).toEqual({ providerConsents: [] });
  });

  it('a consent is extended where the bank allows it', async () => {
    const id = await driver.connected(token, EXTENDABLE);
    const extend = (credentialsId: string) =>
      driver.call('POST', '/api/v1/provider-consents:extend', { token, json: { credentialsId } });
    driver.clock.advance(3_600_000);
    const extended = await extend(id);
    expect(extended.status).toBe(200);
    expect(extended.body).toMatchObject({
      sessionExtendable: true,
      sessionExpiryDate: driver.clock.now().getTime() + 90 * 86_400_000,
    });
    expect((await extend(await driver.connected(token, 'se-demobank-password'))).status).toBe(400);
    expect((await extend('other')).status).toBe(404);
    expect((await driver.call('POST', '/api/v1/provider-consents', { token, json: {} })).status).toBe(404);
  });

  it('providers are public, sorted, and the older test ones shown on request', async () => {
    const names = async (query = '', market = 'SE') => {
      const { body } = await driver.call('GET', `/api/v1/providers/${market}${query}`);
      return objects(body, 'providers').map(({ name }) => name);
    };
    const shown = await names();
    expect(shown).toEqual(expect.arrayContaining(['se-demobank-password', 'se-demobank-open-banking-bankid']));
    expect(shown).not.toContain('se-test-password');
    expect(await names('?includeTestProviders=true')).toContain('se-test-multi-supplemental');
    expect(await names('?capability=PAYMENTS', 'DE')).toEqual(['de-demobank-open-banking-redirect-pisonly']);
    expect(await names('', 'GB')).toContain('uk-demobank-open-banking-redirect');
    expect((await driver.call('GET', '/api/v1/providers/XX')).status).toBe(400);
    expect((await driver.call('GET', '/api/v1/providers/SE', { token: 'bad' })).status).toBe(401);
  });

  it('a provider tells its fields and its kind', async () => {
    const path = '/api/v1/providers?name=se-demobank-open-banking-embedded';
    const { body } = await driver.call('GET', path, { token });
    expect(objects(body, 'providers')).toHaveLength(1);
    expect(objects(body, 'providers')[0]).toMatchObject({
      ...{ market: 'SE', currency: 'SEK', accessType: 'OPEN_BANKING', authenticationFlow: 'EMBEDDED' },
      credentialsType: 'PASSWORD',
      fields: [
        { name: 'username', masked: false },
        { name: 'password', masked: true },
      ],
    });
    expect((await driver.call('GET', '/api/v1/providers?name=nope', { token })).status).toBe(404);
    const markets = await driver.call('GET', '/api/v1/providers/markets');
    expect(markets.body['markets']).toEqual(expect.arrayContaining(['SE', 'GB', 'DE', 'ES']));
  });

  it('every listed provider takes its fields and settles within a day', async () => {
    const logins = new Map(Object.entries(GOOD_LOGIN));
    for (const market of ['SE', 'GB', 'DE', 'ES']) {
      const { body } = await driver.call('GET', `/api/v1/providers/${market}?includeTestProviders=true`);
      for (const provider of objects(body, 'providers')) {
        const name = text(provider, 'name');
        const given: Record<string, string> = {};
        for (const field of objects(provider, 'fields')) {
          given[text(field, 'name')] = logins.get(text(field, 'name')) ?? '60';
        }
        const created = await driver.create(token, name, given);
        expect([name, created.status]).toEqual([name, 200]);
      }
    }
    driver.clock.advance(86_400_000);
    const { credentials } = driver.sim.control.state();
    expect(credentials.length).toBeGreaterThan(30);
    const unsettled = credentials.filter(({ running, status }) => running || status === 'CREATED');
    expect(unsettled.map(({ providerName, status }) => [providerName, status])).toEqual([]);
  });
});
