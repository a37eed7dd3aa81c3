import { text } from '../../simulator/testing/json-answer.js';
import { GOOD_LOGIN, TinkDriver } from '../testing/tink-driver.js';

const OTP = 'se-demobank-open-banking-embedded';
const PASSWORD = 'se-demobank-password';
const REDIRECT = 'se-demobank-open-banking-redirect';
const PRESENT = { userAvailability: { userPresent: true, userAvailableForInteraction: true } };
const ABSENT = { userAvailability: { userPresent: false, userAvailableForInteraction: false } };

describe('refreshing and renewing', () => {
  let driver: TinkDriver;
  let token: string;

  beforeEach(async () => {
    driver = await TinkDriver.start();
    token = await driver.userToken();
  });
  afterEach(() => driver.sim.close());

  const post = (path: string, json?: unknown) =>
    driver.call('POST', `/api/v1/credentials/${path}`, { token, ...(json !== undefined && { json }) });

  it.each([[undefined], [{}], [PRESENT], [ABSENT]])(
    'is accepted with the body %j and shows the old status first',
    async (body) => {
      const id = await driver.connected(token, OTP);
      const before = await driver.read(token, id);
      expect(before['status']).toBe('UPDATED');
      const accepted = await post(`${id}/refresh?items=CHECKING_ACCOUNTS`, body);
      expect([accepted.status, accepted.bytes.length]).toEqual([204, 0]);
      expect(await driver.read(token, id)).toEqual(before);
      driver.steps(1);
      expect(await driver.read(token, id)).toMatchObject({ status: 'AUTHENTICATING' });
      driver.steps(2);
      const after = await driver.read(token, id);
      expect(after).toMatchObject({ status: 'UPDATED', sessionExpiryDate: before['sessionExpiryDate'] });
      expect(Number(after['updated'])).toBeGreaterThan(Number(before['updated']));
    },
  );

  it('happens once at a time', async () => {
    const id = await driver.connected(token, OTP);
    expect((await post(`${id}/refresh`)).status).toBe(204);
    expect((await post(`${id}/refresh`)).status).toBe(409);
    expect((await post(`${id}/authenticate`)).status).toBe(409);
    driver.steps(3);
    expect((await post(`${id}/refresh`)).status).toBe(204);
  });

  it('can answer 429 when one runs, because that is unpublished', async () => {
    const other = await TinkDriver.start({ busyStatus: 429 });
    const as = await other.userToken();
    const { body } = await other.create(as, PASSWORD, GOOD_LOGIN);
    const path = `/api/v1/credentials/${text(body, 'id')}`;
    expect((await other.call('POST', `${path}/refresh`, { token: as })).status).toBe(429);
    expect((await other.call('PUT', path, { token: as, json: {} })).status).toBe(409);
    await other.sim.close();
  });

  it('is not for a password that was refused, nor for a switched-off provider', async () => {
    const { body } = await driver.create(token, PASSWORD, { ...GOOD_LOGIN, password: 'x' });
    const off = await driver.create(token, 'se-demobank-permanent-error', GOOD_LOGIN);
    driver.steps(4);
    expect((await post(`${text(body, 'id')}/refresh`)).status).toBe(400);
    expect(await driver.read(token, text(off.body, 'id'))).toMatchObject({ status: 'PERMANENT_ERROR' });
    expect((await post(`${text(off.body, 'id')}/refresh`)).status).toBe(400);
    const put = await driver.call('PUT', `/api/v1/credentials/${text(off.body, 'id')}`, { token, json: {} });
    expect(put.status).toBe(400);
    const gone = await driver.call('DELETE', `/api/v1/credentials/${text(off.body, 'id')}`, { token });
    expect(gone.status).toBe(204);
  });

  it.each([
    [{ userAvailability: { userPresent: true } }],
    [{ userAvailability: 'yes' }],
    [{ selectedAuthenticationOptions: [{}] }],
  ])('refuses the body %j', async (json) => {
    const id = await driver.connected(token, OTP);
    expect((await post(`${id}/refresh`, json)).status).toBe(400);
  });

  it('asks again when it is told to authenticate', async () => {
    const id = await driver.connected(token, OTP);
    expect((await post(`${id}/refresh?authenticate=true`, PRESENT)).status).toBe(204);
    driver.steps(2);
    expect(await driver.read(token, id)).toMatchObject({ status: 'AWAITING_SUPPLEMENTAL_INFORMATION' });
  });

  it('renews the session only for open banking', async () => {
    const id = await driver.connected(token, REDIRECT);
    const before = await driver.read(token, id);
    driver.clock.advance(86_400_000);
    token = await driver.userToken();
    expect((await post(`${id}/authenticate`, { appUri: 'https://app.test/' })).status).toBe(204);
    driver.steps(2);
    driver.sim.control.approve(id);
    driver.steps(2);
    const after = await driver.read(token, id);
    expect(after['status']).toBe('UPDATED');
    expect(Number(after['sessionExpiryDate'])).toBeGreaterThan(Number(before['sessionExpiryDate']) + 86_000_000);
    const password = await driver.connected(token, PASSWORD);
    expect((await post(`${password}/authenticate`)).status).toBe(400);
  });

  it('meets an expired session', async () => {
    const seconds = { sessionExpiryTime: '60' };
    const created = await driver.create(token, 'se-test-open-banking-redirect-configurable-session-expiry', seconds);
    const id = text(created.body, 'id');
    driver.steps(2);
    driver.sim.control.approve(id);
    driver.steps(2);
    expect(await driver.read(token, id)).toMatchObject({ status: 'UPDATED', fields: seconds });
    driver.clock.advance(60_000);
    const expired = await driver.read(token, id);
    expect(expired).toMatchObject({ status: 'SESSION_EXPIRED', statusUpdated: expired['sessionExpiryDate'] });
    expect(await driver.reason(token, id)).toBe('SESSION_EXPIRED');
    await post(`${id}/refresh`, ABSENT);
    driver.steps(3);
    const still = await driver.read(token, id);
    expect(still['status']).toBe('SESSION_EXPIRED');
    expect(Number(still['statusUpdated'])).toBeGreaterThan(Number(expired['statusUpdated']));
    await post(`${id}/refresh?authenticate=true`, PRESENT);
    driver.steps(2);
    expect(await driver.read(token, id)).toMatchObject({ status: 'AWAITING_THIRD_PARTY_APP_AUTHENTICATION' });
  });

  it('meets a session that the bank killed before its date', async () => {
    const id = await driver.connected(token, REDIRECT);
    driver.sim.control.killSession(id, 'silent');
    expect(await driver.read(token, id)).toMatchObject({ status: 'UPDATED' });
    await post(`${id}/refresh`);
    driver.steps(2);
    const asked = await driver.read(token, id);
    expect(asked['status']).toBe('AWAITING_THIRD_PARTY_APP_AUTHENTICATION');
    expect(Number(asked['sessionExpiryDate'])).toBeGreaterThan(driver.clock.now().getTime());
    const other = await driver.connected(token, OTP);
    driver.sim.control.killSession(other, 'silent');
    await post(`${other}/refresh`, ABSENT);
    driver.steps(1);
    expect(await driver.read(token, other)).toMatchObject({ status: 'SESSION_EXPIRED' });
  });
});
