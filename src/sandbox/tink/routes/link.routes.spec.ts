import { browseLink } from '../testing/link-browser.js';
import { CALLBACK, LinkDriver } from '../testing/link-driver.js';
import { GOOD_LOGIN, TinkDriver } from '../testing/tink-driver.js';

const ADD = 'transactions/connect-accounts';
const RENEW = 'transactions/update-consent';
const PASSWORD = 'se-demobank-password';
const OTP = 'se-demobank-open-banking-embedded';
const REDIRECT = 'se-demobank-open-banking-redirect';
const BANKID = 'se-demobank-open-banking-bankid';

describe('Tink Link', () => {
  let driver: TinkDriver;
  let link: LinkDriver;
  let token: string;

  beforeEach(async () => {
    driver = await TinkDriver.start();
    link = new LinkDriver(driver);
    token = await driver.userToken();
  });
  afterEach(() => driver.sim.close());

  const read = async (id: string | undefined) => driver.read(token, id ?? '');

  it.each([
    [PASSWORD, 'transactions/connect-accounts'],
    [OTP, 'transactions/connect-accounts'],
    ['se-test-multi-supplemental', 'credentials/add'],
    [REDIRECT, 'credentials/add'],
    [BANKID, 'transactions/connect-accounts'],
  ])('connects an account at %s and says which credentials came out', async (input_provider, page) => {
    const visitor = input_provider.includes('multi') ? { username: 'tink-test' } : GOOD_LOGIN;
    const back = await link.visit(page, { input_provider }, visitor);
    expect(back).toEqual({ credentials_id: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown, state: 'mine' });
    expect(await read(back['credentials_id'])).toMatchObject({ status: 'UPDATED', providerName: input_provider });
  });

  it('lets the user choose the bank, and spells the parameter the other way on request', async () => {
    driver.sim.control.setLink({ spelling: 'credentialsId' });
    const back = await link.visit(ADD, {}, { bank: PASSWORD, ...GOOD_LOGIN });
    expect(Object.keys(back).sort()).toEqual(['credentialsId', 'state']);
    expect(await read(back['credentialsId'])).toMatchObject({ providerName: PASSWORD });
  });

  it('asks for a template before the code', async () => {
    const bank = 'de-demobank-open-banking-embedded-templates';
    const back = await link.visit(ADD, { market: 'DE', input_provider: bank }, GOOD_LOGIN);
    expect(await read(back['credentials_id'])).toMatchObject({ status: 'UPDATED' });
  });

  it('says that the user left, before and after the login', async () => {
    const left = { error: 'USER_CANCELLED', error_reason: 'USER_CANCELLED', state: 'mine' };
    expect(await link.visit(ADD, { input_provider: PASSWORD }, { leaves: true })).toMatchObject(left);
    const url = await link.url(ADD, { input_provider: OTP });
    const entered = await driver.call('GET', url);
    const path = entered.headers.get('location') ?? '';
    const form = { action: 'login', 'field.username': 'u10000001', 'field.password': 'abc123' };
    await driver.call('POST', path, { form });
    driver.steps(2);
    expect((await driver.call('GET', path)).bytes.toString()).toContain('name="field.otpInput"');
    const cancelled = await driver.call('POST', path, { form: { action: 'cancel' } });
    expect(cancelled.headers.get('location')).toMatch(/^https:\/\/app\.test\/callback\?error=USER_CANCELLED&/);
    driver.steps(1);
    const [credential] = driver.sim.control.state().credentials;
    expect(credential).toMatchObject({ status: 'AUTHENTICATION_ERROR' });
    expect((await driver.call('GET', path)).status).toBe(410);
  });

  it.each([
    [
      { username: 'u10000001', password: 'no' },
      'AUTHENTICATION_ERROR',
      'USER_LOGIN_ERROR',
      'STATIC_CREDENTIALS_INCORRECT',
    ],
    [{ ...GOOD_LOGIN, username: 'u10000007' }, 'TEMPORARY_ERROR', 'PROVIDER_ERROR', 'PROVIDER_UNAVAILABLE'],
    [{ ...GOOD_LOGIN, username: 'u10000003' }, 'TEMPORARY_ERROR', 'ACCOUNT_INFORMATION_ERROR', 'NO_ACCOUNTS'],
  ])('says why it failed: %j', async (visitor, error, error_type, error_reason) => {
    const back = await link.visit(ADD, { input_provider: PASSWORD }, visitor);
    expect(back).toMatchObject({ error, error_type, error_reason, state: 'mine', provider_name: PASSWORD });
    expect(back['credentials']).toMatch(/^[0-9a-f]{32}$/);
    expect(back['tracking_id']).not.toBe('');
    expect(back['message']).not.toBe('');
  });

  it('takes a second try after a wrong password, with the same credentials', async () => {
    const entered = await driver.call('GET', await link.url(ADD, { input_provider: PASSWORD }));
    const path = entered.headers.get('location') ?? '';
    const login = (password: string) => ({
      action: 'login',
      'field.username': 'u10000001',
      'field.password': password,
    });
    await driver.call('POST', path, { form: login('no') });
    driver.steps(3);
    expect((await driver.call('GET', path)).bytes.toString()).toContain('Wrong username or password.');
    await driver.call('POST', path, { form: { action: 'again' } });
    await driver.call('POST', path, { form: login('abc123') });
    driver.steps(4);
    const back = await driver.call('GET', path);
    expect(back.headers.get('location')).toMatch(/credentials_id=[0-9a-f]{32}&state=mine$/);
    expect(driver.sim.control.state().credentials).toHaveLength(1);
  });

  it('says what is missing in a form, and escapes what comes from outside', async () => {
    const parameters = { input_provider: PASSWORD, input_username: '"><script>' };
    const entered = await driver.call('GET', await link.url(ADD, parameters));
    const path = entered.headers.get('location') ?? '';
    expect((await driver.call('GET', path)).bytes.toString()).toContain('value="&quot;&gt;&lt;script&gt;"');
    const again = await driver.call('POST', path, { form: { action: 'login', 'field.username': 'u1' } });
    expect([again.status, again.bytes.toString()]).toEqual([200, expect.stringContaining('Missing field: password')]);
    expect(driver.sim.control.state().credentials).toEqual([]);
  });

  it('refuses a login that is there already', async () => {
    await driver.create(token, PASSWORD, GOOD_LOGIN);
    expect(await link.visit(ADD, { input_provider: PASSWORD }, GOOD_LOGIN)).toMatchObject({
      error: 'BAD_REQUEST',
      error_reason: 'INVALID_STATE_DUPLICATE_CREDENTIALS',
    });
  });

  it('goes back early on request', async () => {
    driver.sim.control.setLink({ earlyRedirect: true });
    const back = await link.visit(ADD, { input_provider: PASSWORD }, GOOD_LOGIN);
    expect(await read(back['credentials_id'])).toMatchObject({ status: 'UPDATING' });
  });

  it('ends the next visit as told', async () => {
    await driver.call('POST', '/__sim/link', {
      json: { nextError: { error: 'INTERNAL_ERROR', reason: 'REQUEST_FAILED_FETCH_PROVIDERS', message: 'Oh.' } },
    });
    expect(await link.visit(ADD, {}, { leaves: true })).toMatchObject({
      error: 'INTERNAL_ERROR',
      error_reason: 'REQUEST_FAILED_FETCH_PROVIDERS',
      message: 'Oh.',
    });
    expect(await link.visit(ADD, {}, { leaves: true })).toMatchObject({ error: 'USER_CANCELLED' });
    expect((await driver.call('POST', '/__sim/link', { json: { spelling: 'credentials' } })).status).toBe(400);
  });

  describe('for credentials that are there', () => {
    it.each([
      ['transactions/update-consent', REDIRECT],
      ['credentials/authenticate', REDIRECT],
      ['credentials/refresh', REDIRECT],
      ['credentials/refresh', PASSWORD],
    ])('renews them: %s at %s', async (page, bank) => {
      const id = await driver.connected(token, bank);
      const before = await read(id);
      driver.clock.advance(60_000);
      if (page !== 'credentials/refresh') driver.sim.control.killSession(id);
      const back = await link.visit(page, { credentials_id: id }, GOOD_LOGIN);
      expect(back).toEqual({ credentials_id: id, state: 'mine' });
      const after = await read(id);
      expect(after).toMatchObject({ status: 'UPDATED' });
      expect(after['updated']).toBeGreaterThan(Number(before['updated']));
    });

    it('extends a consent where the bank allows it', async () => {
      const id = await driver.connected(token, 'uk-demobank-open-banking-redirect-extendable');
      const before = await read(id);
      driver.clock.advance(60_000);
      expect(await link.visit('transactions/extend-consent', { credentials_id: id })).toMatchObject({
        credentials_id: id,
      });
      expect((await read(id))['sessionExpiryDate']).toBeGreaterThanOrEqual(
        Number(before['sessionExpiryDate']) + 60_000,
      );
      const other = await driver.connected(token, REDIRECT);
      expect(await link.visit('transactions/extend-consent', { credentials_id: other })).toMatchObject({
        error_reason: 'INVALID_STATE_CREDENTIALS',
      });
    });

    it('says that the user cancelled at the bank', async () => {
      const id = await driver.connected(token, REDIRECT);
      driver.sim.control.killSession(id);
      expect(await link.visit(RENEW, { credentials_id: id }, { atBank: 'cancel' })).toMatchObject({
        error: 'AUTHENTICATION_ERROR',
        error_reason: 'DYNAMIC_CREDENTIALS_FLOW_CANCELLED',
        credentials: id,
      });
    });

    it('refuses those that run, are given up, or are not of an open bank', async () => {
      const id = await driver.connected(token, PASSWORD);
      const reason = async (page: string) => (await link.visit(page, { credentials_id: id }))['error_reason'];
      expect(await reason('credentials/authenticate')).toBe('INVALID_STATE_NON_OPEN_BANKING_PROVIDER');
      await driver.call('POST', `/api/v1/credentials/${id}/refresh`, { token });
      expect(await reason(RENEW)).toBe('INVALID_STATE_REFRESH_CREDENTIALS_RATE_LIMITED');
      driver.sim.control.setStatus(id, { status: 'PERMANENT_ERROR' });
      expect(await reason(RENEW)).toBe('INVALID_STATE_CREDENTIALS');
    });

    it('refuses those of somebody else', async () => {
      const stranger = await driver.connected(await driver.userToken('cust-2'), REDIRECT);
      for (const credentials_id of [stranger, 'nope', '']) {
        expect(await link.visit(RENEW, { credentials_id })).toMatchObject({
          error: 'BAD_REQUEST',
          error_reason: 'INVALID_PARAMETER_CREDENTIALS_ID',
        });
      }
    });
  });

  describe('with a bad address', () => {
    it('sends the user back with the reason', async () => {
      const bad: readonly (readonly [Record<string, string>, string])[] = [
        [{ authorization_code: 'nope' }, 'INVALID_PARAMETER_AUTHORIZATION_CODE'],
        [{ authorization_code: await link.code('cust-1', 'user:read') }, 'INVALID_STATE_SCOPE'],
        [{ authorization_code: await link.code('cust-1', undefined, 'app') }, 'INVALID_PARAMETER_AUTHORIZATION_CODE'],
        [{ input_provider: 'se-nowhere' }, 'INVALID_PARAMETER_INPUT_PROVIDER'],
        [{ input_provider: PASSWORD, market: 'DE' }, 'INVALID_PARAMETER_INPUT_PROVIDER'],
        [{ input_provider: PASSWORD, test: 'false' }, 'INVALID_PARAMETER_INPUT_PROVIDER'],
        [{ input_username: 'x'.repeat(51) }, 'INVALID_PARAMETER_INPUT_USERNAME'],
      ];
      for (const [parameters, reason] of bad) {
        expect(await link.visit(ADD, parameters)).toMatchObject({
          error: 'BAD_REQUEST',
          error_reason: reason,
          state: 'mine',
        });
      }
    });

    it('sends nobody to an address that it does not know', async () => {
      const bad = [{ client_id: 'other' }, { redirect_uri: 'javascript:alert(1)' }, { redirect_uri: '' }];
      for (const parameters of bad) {
        const answer = await driver.call('GET', await link.url(ADD, parameters));
        expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
      }
    });

    it('takes a code once and for five minutes', async () => {
      const authorization_code = await link.code();
      const url = await link.url(ADD, { authorization_code });
      expect((await driver.call('GET', url)).headers.get('location')).toMatch(/^\/link\//);
      expect(await link.browse(url, {})).toMatchObject({ error_reason: 'INVALID_PARAMETER_AUTHORIZATION_CODE' });
      const late = await link.url(ADD);
      driver.clock.advance(5 * 60_000);
      expect(await link.browse(late, {})).toMatchObject({ error_reason: 'INVALID_PARAMETER_AUTHORIZATION_CODE' });
    });
  });

  it('keeps codes out of its log, and the app’s own query', async () => {
    const back = await browseLink(
      await link.url(ADD, { redirect_uri: `${CALLBACK}?tenant=7` }),
      { leaves: true },
      () => undefined,
    );
    expect(back.search).toMatch(/^\?tenant=7&error=/);
    const [entered] = driver.sim.control.calls({ path: '^/1.0/' });
    expect(entered?.query).toMatch(/&state=&test=true&authorization_code=$/);
  });

  it('shows no banks without test=true', async () => {
    const entered = await driver.call('GET', await link.url(ADD, { test: 'false' }));
    const page = await driver.call('GET', entered.headers.get('location') ?? '');
    expect(page.bytes.toString()).toContain('There are no banks here.');
  });
});
