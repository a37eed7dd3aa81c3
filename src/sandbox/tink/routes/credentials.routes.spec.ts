import { objects, text } from '../../simulator/testing/json-answer.js';
import { GOOD_LOGIN, TinkDriver } from '../testing/tink-driver.js';

const OTP = 'se-demobank-open-banking-embedded';
const PASSWORD = 'se-demobank-password';
const REDIRECT = 'se-demobank-open-banking-redirect';

const aText: unknown = expect.any(String);
const aNumber: unknown = expect.any(Number);
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('credentials over HTTP', () => {
  let driver: TinkDriver;
  let token: string;

  beforeEach(async () => {
    driver = await TinkDriver.start();
    token = await driver.userToken();
  });
  afterEach(() => driver.sim.close());

  const post = (path: string, json?: unknown) =>
    driver.call('POST', `/api/v1/credentials/${path}`, { token, ...(json !== undefined && { json }) });

  it('are created with 200 and CREATED, without the secret', async () => {
    const { status, body } = await driver.create(token, PASSWORD, GOOD_LOGIN);
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ id: matching(/^[0-9a-f]{32}$/), userId: driver.sim.control.state().users[0]?.id },
      ...{ providerName: PASSWORD, type: 'PASSWORD', status: 'CREATED', statusUpdated: driver.clock.now().getTime() },
      ...{ statusPayload: null, updated: null, fields: { username: 'u10000001' } },
      ...{ supplementalInformation: null, sessionExpiryDate: null },
    });
    driver.steps(3);
    const now = driver.clock.now().getTime();
    expect(await driver.read(token, text(body, 'id'))).toMatchObject({
      status: 'UPDATED',
      statusUpdated: now,
      updated: now,
    });
  });

  it.each([
    ['no such provider', { providerName: 'nope', fields: {} }, 404],
    ['no provider', { fields: {} }, 400],
    ['no fields', { providerName: PASSWORD }, 400],
    ['a field missing', { providerName: PASSWORD, fields: { username: 'u10000001' } }, 400],
    ['a field that is no text', { providerName: PASSWORD, fields: { username: 7, password: 'x' } }, 400],
    ['a bad return address', { providerName: REDIRECT, fields: {}, appUri: 'nowhere' }, 400],
  ])('are not created with %s', async (_what, json, status) => {
    expect((await driver.call('POST', '/api/v1/credentials', { token, json })).status).toBe(status);
    expect(driver.sim.control.state().credentials).toEqual([]);
  });

  it('do not take broken JSON or unknown items', async () => {
    const headers = { 'content-type': 'application/json' };
    const broken = await fetch(`${driver.sim.url}/api/v1/credentials`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${token}` },
      body: '{"providerName":',
    });
    expect(broken.status).toBe(400);
    expect(await broken.json()).toEqual({ errorMessage: aText, errorCode: '400' });
    const json = { providerName: PASSWORD, fields: GOOD_LOGIN };
    const path = '/api/v1/credentials?items=CHECKING_ACCOUNTS&items=GOLD';
    expect((await driver.call('POST', path, { token, json })).status).toBe(400);
  });

  it('exist once for the same provider and fields', async () => {
    await driver.create(token, PASSWORD, GOOD_LOGIN);
    expect((await driver.create(token, PASSWORD, GOOD_LOGIN)).status).toBe(409);
    expect((await driver.create(token, 'de-demobank-password', GOOD_LOGIN)).status).toBe(200);
    expect((await driver.create(await driver.userToken('cust-2'), PASSWORD, GOOD_LOGIN)).status).toBe(200);
    // A redirect bank tells nothing about who comes.
    expect((await driver.create(token, REDIRECT, {})).status).toBe(200);
    expect((await driver.create(token, REDIRECT, {})).status).toBe(200);
  });

  it('stay CREATED when no refresh is asked for', async () => {
    const { body } = await driver.create(token, PASSWORD, GOOD_LOGIN, { triggerRefresh: false });
    driver.steps(60);
    expect(await driver.read(token, text(body, 'id'))).toMatchObject({ status: 'CREATED' });
    expect((await post(`${text(body, 'id')}/refresh`)).status).toBe(204);
    driver.steps(3);
    expect(await driver.read(token, text(body, 'id'))).toMatchObject({ status: 'UPDATED' });
  });

  it('are listed, deleted with 204 and then gone', async () => {
    const id = await driver.connected(token, PASSWORD);
    const list = await driver.call('GET', '/api/v1/credentials/list', { token });
    expect(objects(list.body, 'credentials').map(({ id: listed }) => listed)).toEqual([id]);
    const deleted = await driver.call('DELETE', `/api/v1/credentials/${id}`, { token });
    expect([deleted.status, deleted.bytes.length]).toEqual([204, 0]);
    expect((await driver.call('GET', `/api/v1/credentials/${id}`, { token })).status).toBe(404);
    expect((await driver.call('DELETE', `/api/v1/credentials/${id}`, { token })).status).toBe(404);
    expect((await post(`${id}/refresh`)).status).toBe(404);
  });

  it('need a user token with the right scope', async () => {
    const id = await driver.connected(token, OTP);
    const everything = await driver.clientToken('credentials:read,credentials:write,credentials:refresh');
    const reader = await driver.userToken('cust-1', 'credentials:read');
    const refresher = await driver.userToken('cust-1', 'credentials:refresh');
    const status = async (method: string, path: string, as?: string) =>
      (await driver.call(method, `/api/v1/credentials${path}`, as === undefined ? {} : { token: as })).status;
    for (const [method, path, allowed] of [
      ['GET', '/list', reader],
      ['GET', `/${id}`, reader],
      ['POST', `/${id}/refresh`, refresher],
    ] as const) {
      expect(await status(method, path)).toBe(401);
      expect(await status(method, path, everything)).toBe(403);
      expect(await status(method, path, allowed === reader ? refresher : reader)).toBe(403);
      expect(await status(method, path, allowed)).toBeLessThan(300);
    }
    expect(await status('DELETE', `/${id}`, reader)).toBe(403);
    driver.clock.advance(7_200_000);
    expect(await status('GET', '/list', reader)).toBe(401);
  });

  it('take back the login: PUT heals the same id', async () => {
    const { body } = await driver.create(token, PASSWORD, { ...GOOD_LOGIN, password: 'wrong' });
    const id = text(body, 'id');
    const put = (json: unknown) => driver.call('PUT', `/api/v1/credentials/${id}`, { token, json });
    expect((await put({ fields: GOOD_LOGIN })).status).toBe(409);
    driver.steps(2);
    expect(await driver.read(token, id)).toMatchObject({ status: 'AUTHENTICATION_ERROR' });
    const before = driver.clock.now().getTime();
    const { status, body: changed } = await put({ fields: GOOD_LOGIN });
    expect([status, changed['status'], changed['statusUpdated']]).toEqual([200, 'CREATED', before + 1]);
    driver.steps(3);
    expect(await driver.read(token, id)).toMatchObject({ id, status: 'UPDATED' });
    expect((await put({ fields: { username: 'u10000001' } })).status).toBe(400);
  });

  it('show the question as JSON text and take the code', async () => {
    const { body } = await driver.create(token, OTP, GOOD_LOGIN);
    const id = text(body, 'id');
    expect((await driver.answer(token, id, { otpInput: '0000' })).status).toBe(400);
    driver.steps(2);
    const asked = await driver.read(token, id);
    expect(asked['status']).toBe('AWAITING_SUPPLEMENTAL_INFORMATION');
    const fields = objects({ fields: JSON.parse(text(asked, 'supplementalInformation')) }, 'fields');
    const input = fields.find(({ name }) => name === 'otpInput');
    const [code = ''] = /\d{4}/.exec(String(input?.['helpText'])) ?? [];
    expect(fields[0]).toMatchObject({ immutable: true, value: code });
    const stored = await driver.answer(token, id, { otpInput: code });
    expect([stored.status, stored.bytes.length]).toEqual([204, 0]);
    // Stored is not yet judged.
    expect(await driver.read(token, id)).toEqual(asked);
    driver.steps(2);
    expect(await driver.read(token, id)).toMatchObject({ status: 'UPDATED', sessionExpiryDate: aNumber });
  });

  it.each([
    [{ otpInput: 'nope' }, 'DYNAMIC_CREDENTIALS_INCORRECT'],
    [{}, 'DYNAMIC_CREDENTIALS_FLOW_CANCELLED'],
    [null, 'DYNAMIC_CREDENTIALS_FLOW_TIMEOUT'],
  ])('answered with %j end in %s', async (information, reason) => {
    const { body } = await driver.create(token, OTP, GOOD_LOGIN);
    const id = text(body, 'id');
    driver.steps(2);
    if (information) await driver.answer(token, id, information);
    else driver.clock.advance(119_000);
    driver.steps(1);
    expect(await driver.read(token, id)).toMatchObject({
      status: 'AUTHENTICATION_ERROR',
      supplementalInformation: null,
    });
    expect(await driver.reason(token, id)).toBe(reason);
  });

  it('want the information as a map of texts', async () => {
    const { body } = await driver.create(token, OTP, GOOD_LOGIN);
    driver.steps(2);
    const path = `${text(body, 'id')}/supplemental-information`;
    expect((await post(path, {})).status).toBe(400);
    expect((await post(path, { information: { otpInput: 1234 } })).status).toBe(400);
    expect((await post(path)).status).toBe(400);
    expect(await driver.read(token, text(body, 'id'))).toMatchObject({ status: 'AWAITING_SUPPLEMENTAL_INFORMATION' });
  });

  it('ask twice where the provider has two rounds', async () => {
    const { body } = await driver.create(token, 'se-test-multi-supplemental', { username: 'tink-test' });
    const id = text(body, 'id');
    driver.steps(2);
    const first = await driver.read(token, id);
    await driver.answer(token, id, { loginInputField: '1234' });
    driver.steps(1);
    const second = await driver.read(token, id);
    expect(second['status']).toBe(first['status']);
    expect(Number(second['statusUpdated'])).toBeGreaterThan(Number(first['statusUpdated']));
    expect(second['supplementalInformation']).not.toBe(first['supplementalInformation']);
    await driver.answer(token, id, { loginInputField: '4321' });
    driver.steps(2);
    expect(await driver.read(token, id)).toMatchObject({ status: 'UPDATED', type: 'KEYFOB', sessionExpiryDate: null });
  });
});
