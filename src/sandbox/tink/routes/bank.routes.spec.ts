import { part, text } from '../../simulator/testing/json-answer.js';
import { TinkDriver } from '../testing/tink-driver.js';

const REDIRECT = 'se-demobank-open-banking-redirect';

describe('at the bank', () => {
  let driver: TinkDriver;
  let token: string;

  beforeEach(async () => {
    driver = await TinkDriver.start();
    token = await driver.userToken();
  });
  afterEach(() => driver.sim.close());

  /** @returns the id and the bank's address as a client finds it. */
  async function away(extra: Record<string, unknown>): Promise<{ id: string; url: URL; state: string }> {
    const { body } = await driver.create(token, REDIRECT, {}, extra);
    const id = text(body, 'id');
    driver.steps(2);
    await driver.read(token, id);
    const seen = await driver.read(token, id);
    const link: unknown = JSON.parse(text(seen, 'supplementalInformation'));
    const url = new URL(text(part(link, 'desktop'), 'url'));
    return { id, url, state: url.searchParams.get('state') ?? '' };
  }

  const decide = (form: Record<string, string>) => driver.call('POST', '/bank/authorize', { form });

  it('the first look shows no link yet, the next one the same link three times', async () => {
    const { body } = await driver.create(token, REDIRECT, {});
    const id = text(body, 'id');
    driver.steps(2);
    const first = await driver.read(token, id);
    expect(first).toMatchObject({ status: 'AWAITING_THIRD_PARTY_APP_AUTHENTICATION', supplementalInformation: null });
    const second = await driver.read(token, id);
    expect(second['statusUpdated']).toBe(first['statusUpdated']);
    const link: unknown = JSON.parse(text(second, 'supplementalInformation'));
    const url: unknown = expect.stringContaining(`${driver.sim.url}/bank/authorize?state=`);
    expect(link).toMatchObject({ android: { intent: url }, ios: { deepLinkUrl: url }, desktop: { url } });
  });

  it('approving brings the user back to the app and the credentials on', async () => {
    const { id, url, state } = await away({ appUri: 'https://app.test/return?state=mine&x=1' });
    const page = await driver.call('GET', url.href);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.bytes.toString()).toContain(`name="state" value="${state}"`);
    const back = await decide({ state, decision: 'approve', username: 'u10000002' });
    expect(back.status).toBe(303);
    expect(back.headers.get('location')).toBe(`https://app.test/return?state=mine&x=1&credentialsId=${id}`);
    driver.steps(2);
    expect(await driver.read(token, id)).toMatchObject({ status: 'UPDATED', fields: {} });
    expect((await decide({ state, decision: 'approve' })).status).toBe(410);
  });

  it('cancelling is an authentication error', async () => {
    const { id, state } = await away({});
    const back = await decide({ state, decision: 'cancel' });
    expect(back.headers.get('location')).toBe(`tink://open?state=${state}&credentialsId=${id}`);
    driver.steps(1);
    expect(await driver.reason(token, id)).toBe('DYNAMIC_CREDENTIALS_FLOW_CANCELLED');
  });

  it('a blocked person does not get in', async () => {
    const { id, state } = await away({});
    await decide({ state, decision: 'approve', username: 'u10000005' });
    driver.steps(1);
    expect(await driver.reason(token, id)).toBe('USER_BLOCKED');
  });

  it('nine minutes are the limit', async () => {
    const { id, url, state } = await away({});
    driver.clock.advance(9 * 60_000);
    expect((await driver.call('GET', url.href)).status).toBe(410);
    expect((await decide({ state, decision: 'approve' })).status).toBe(410);
    expect(await driver.reason(token, id)).toBe('DYNAMIC_CREDENTIALS_FLOW_TIMEOUT');
  });

  it.each([
    ['approve', 'UPDATED'],
    ['cancel', 'AUTHENTICATION_ERROR'],
  ])('with an own callback %s waits for the relay', async (decision, status) => {
    const { id, state } = await away({ appUri: 'https://app.test/', callbackUri: 'https://api.test/cb' });
    const back = await decide({ state, decision });
    const location = new URL(back.headers.get('location') ?? '');
    expect(location.origin + location.pathname).toBe('https://api.test/cb');
    driver.steps(3);
    expect(await driver.read(token, id)).toMatchObject({ status: 'AWAITING_THIRD_PARTY_APP_AUTHENTICATION' });
    const parameters = Object.fromEntries(location.searchParams);
    const relay = (json: unknown) => driver.call('POST', '/api/v1/credentials/third-party/callback/relayed', { json });
    expect((await relay({ state: 'guess', parameters })).status).toBe(400);
    const relayed = await relay({ state, parameters });
    expect([relayed.status, relayed.body]).toEqual([200, { appUri: 'https://app.test/' }]);
    driver.steps(2);
    expect(await driver.read(token, id)).toMatchObject({ status });
  });

  it.each([
    ['se-test-other-third-party-app-successful', 'UPDATED', undefined],
    ['se-test-open-banking-decoupled-successful', 'UPDATED', undefined],
    ['uk-test-open-banking-redirect-failed', 'AUTHENTICATION_ERROR', 'THIRD_PARTY_AUTHENTICATION_UNAVAILABLE'],
    ['uk-test-open-banking-redirect-cancelled', 'AUTHENTICATION_ERROR', 'DYNAMIC_CREDENTIALS_FLOW_CANCELLED'],
  ])('%s ends by itself in %s', async (provider, status, reason) => {
    const id = text((await driver.create(token, provider, {})).body, 'id');
    driver.steps(2);
    expect(await driver.read(token, id)).toMatchObject({ status: 'AWAITING_THIRD_PARTY_APP_AUTHENTICATION' });
    driver.steps(4);
    expect(await driver.read(token, id)).toMatchObject({ status });
    expect(await driver.reason(token, id)).toBe(reason);
  });

  it('BankID has a bare token and a QR code in three forms', async () => {
    const id = text((await driver.create(token, 'se-demobank-open-banking-bankid', {})).body, 'id');
    const qr = () => driver.call('GET', `/api/v1/credentials/${id}/qr`, { token });
    expect((await qr()).status).toBe(404);
    driver.steps(2);
    const asked = await driver.read(token, id);
    expect(asked['status']).toBe('AWAITING_MOBILE_BANKID_AUTHENTICATION');
    expect(asked['supplementalInformation']).toMatch(/^[a-f0-9-]{36}$/);
    const prefixed = await qr();
    expect(prefixed.headers.get('content-type')).toMatch(/^text\/plain/);
    const [prefix, base64 = ''] = prefixed.bytes.toString().split(',');
    expect(prefix).toBe('data:image/png;base64');
    driver.sim.control.setQrForm('base64');
    expect((await qr()).bytes.toString()).toBe(base64);
    driver.sim.control.setQrForm('png');
    const raw = await qr();
    expect(raw.headers.get('content-type')).toBe('image/png');
    expect(raw.bytes.equals(Buffer.from(base64, 'base64'))).toBe(true);
    expect(raw.bytes.subarray(0, 4).toString('latin1')).toBe('\x89PNG');
    await decide({ state: text(asked, 'supplementalInformation'), decision: 'approve' });
    driver.steps(2);
    expect(await driver.read(token, id)).toMatchObject({ status: 'UPDATED' });
    expect((await qr()).status).toBe(404);
  });

  it('the older BankID providers succeed by themselves, one of them without a token', async () => {
    const plain = text((await driver.create(token, 'se-test-bankid-successful', {})).body, 'id');
    const withQr = text((await driver.create(token, 'se-test-bankid-qr-successful', {})).body, 'id');
    driver.steps(2);
    const qr = async (id: string) => (await driver.call('GET', `/api/v1/credentials/${id}/qr`, { token })).status;
    expect(await driver.read(token, plain)).toMatchObject({ type: 'MOBILE_BANKID', supplementalInformation: null });
    expect([await qr(plain), await qr(withQr)]).toEqual([404, 200]);
    driver.steps(4);
    expect(await driver.read(token, plain)).toMatchObject({ status: 'UPDATED' });
    expect(await driver.read(token, withQr)).toMatchObject({ status: 'UPDATED' });
  });
});
