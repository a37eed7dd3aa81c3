import { text } from '../../simulator/testing/json-answer.js';
import { CUSTOMER, FlinksDriver, LIVE, MINUTE } from '../testing/flinks-driver.js';

const SECRET = 'sim-secret';
const API_KEY = 'sim-api-key';

describe('keys and tokens', () => {
  let driver: FlinksDriver;

  beforeEach(async () => {
    driver = await FlinksDriver.start({ secretKey: SECRET, apiKey: API_KEY });
  });
  afterEach(() => FlinksDriver.stopAll());

  const key = (value: string) => ({ 'flinks-auth-key': value });
  const signIn = (token: string, Username = 'greatday_nomfa') => driver.authorize({ ...LIVE, Username }, key(token));

  it('a token needs the secret key', async () => {
    const generate = (headers: Record<string, string>) => driver.bank('POST', 'GenerateAuthorizeToken', { headers });
    expect((await generate(key(SECRET))).body).toEqual({
      HttpStatusCode: 200,
      Token: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    for (const headers of [key('wrong'), {}]) {
      const refused = await generate(headers);
      expect([refused.status, refused.body['FlinksCode']]).toEqual([401, 'UNAUTHORIZED']);
    }
  });

  it('a token opens one session, also one that fails', async () => {
    const token = await driver.token(SECRET);
    expect((await signIn(token)).status).toBe(200);
    driver.steps(2);
    for (const bad of [token, SECRET, '', 'made-up']) {
      const refused = await signIn(bad);
      expect([refused.status, refused.body['FlinksCode']]).toEqual([401, 'UNAUTHORIZED']);
    }
    const other = await driver.token(SECRET);
    expect((await signIn(other, 'nobody')).body).toMatchObject({ FlinksCode: 'INVALID_USERNAME' });
    expect((await signIn(other)).body).toMatchObject({ FlinksCode: 'UNAUTHORIZED' });
  });

  it('a token serves its dialogue to the end, and no other', async () => {
    const [token, other] = [await driver.token(SECRET), await driver.token(SECRET)];
    const asked = await signIn(token, 'greatday');
    const RequestId = text(asked.body, 'RequestId');
    const SecurityResponses = driver.sim.control.session(RequestId).expectedAnswers;
    driver.clock.advance(7 * MINUTE);
    expect((await driver.authorize({ RequestId, SecurityResponses }, key(other))).status).toBe(401);
    expect((await driver.authorize({ RequestId, SecurityResponses }, key(token))).status).toBe(200);
  });

  it('an unused token lives half an hour', async () => {
    const [first, second] = [await driver.token(SECRET), await driver.token(SECRET)];
    driver.clock.advance(30 * MINUTE - 1);
    expect((await signIn(first)).status).toBe(200);
    driver.clock.advance(1);
    expect((await signIn(second)).body).toMatchObject({ FlinksCode: 'UNAUTHORIZED' });
  });

  it('a call that cannot be read costs no token; revoked ones are worth nothing', async () => {
    const token = await driver.token(SECRET);
    expect((await driver.authorize({}, key(token))).body).toMatchObject({ FlinksCode: 'INVALID_REQUEST' });
    expect((await signIn(token)).status).toBe(200);
    const next = await driver.token(SECRET);
    driver.sim.control.revokeTokens();
    expect((await signIn(next)).body).toMatchObject({ FlinksCode: 'UNAUTHORIZED' });
  });

  it.each([
    ['POST', 'GetAccountsSummary'],
    ['POST', 'GetAccountsDetail'],
    ['GET', 'GetStatementsAsync/x'],
    ['DELETE', 'DeleteCard/x'],
    ['PATCH', 'SetScheduledRefresh'],
    ['GET', 'GetMFAQuestions/x'],
    ['PATCH', 'AnswerMFAQuestions'],
    ['GET', 'Institutions'],
    ['GET', 'Institutions/RoutingNumber/990000028'],
  ])('%s %s needs the API key', async (method, endpoint) => {
    const json = method === 'GET' ? {} : { json: {} };
    for (const headers of [{}, { 'x-api-key': 'wrong' }]) {
      const refused = await driver.bank(method, endpoint, { ...json, headers });
      expect([refused.status, refused.body['FlinksCode']]).toEqual([401, 'ACCESS_DENIED']);
    }
    const taken = await driver.bank(method, endpoint, { ...json, headers: { 'x-api-key': API_KEY } });
    expect(taken.body['FlinksCode']).not.toBe('ACCESS_DENIED');
  });

  it('the nightly status takes a bearer', async () => {
    const read = (authorization?: string) =>
      driver.bank('GET', 'GetNightlyRefreshStatus', { headers: authorization === undefined ? {} : { authorization } });
    for (const given of [undefined, 'Bearer wrong', `Basic ${SECRET}`]) expect((await read(given)).status).toBe(401);
    for (const given of [`Bearer ${SECRET}`, `Bearer ${API_KEY}`]) expect((await read(given)).status).toBe(200);
  });

  it('can be switched off and on', async () => {
    driver.sim.control.configure({ requireToken: false, requireApiKey: false });
    expect((await signIn('')).status).toBe(200);
    expect((await driver.bank('GET', 'Institutions')).status).toBe(200);
    driver.sim.control.configure({ requireToken: true });
    expect((await signIn('')).status).toBe(401);
  });

  it('another customer is denied, and an unknown path is nowhere', async () => {
    const headers = { 'x-api-key': API_KEY };
    const foreign = CUSTOMER.replace('c0ffee', 'decafe');
    const denied = await driver.call('GET', `/v3/${foreign}/BankingServices/Institutions`, { headers });
    expect(denied.body).toMatchObject({ HttpStatusCode: 401, FlinksCode: 'ACCESS_DENIED' });
    const same = await driver.call('GET', `/v3/${CUSTOMER.toUpperCase()}/BankingServices/Institutions`, { headers });
    expect(same.status).toBe(200);
    expect((await driver.bank('POST', 'UpdateMFA', { json: {} })).status).toBe(404);
  });
});
