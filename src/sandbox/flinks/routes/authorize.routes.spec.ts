import { objects, part, text } from '../../simulator/testing/json-answer.js';
import { DAY, FlinksDriver, LIVE, MINUTE, STEP_MS } from '../testing/flinks-driver.js';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('/Authorize', () => {
  let driver: FlinksDriver;

  beforeEach(async () => {
    driver = await FlinksDriver.start();
  });
  afterEach(() => FlinksDriver.stopAll());

  it('opens a live session with credentials', async () => {
    const { status, body } = await driver.signIn('Greatday_NoMFA', { Tag: 'label' });
    expect(status).toBe(200);
    expect(body).toEqual({
      HttpStatusCode: 200,
      Links: ['AccountsDetail', 'AccountsSummary', 'Statements'].map((rel) => ({
        rel,
        href: `/Get${rel}`,
        example: null,
      })),
      InstitutionName: 'FlinksCapital',
      Login: {
        ...{ Username: 'Greatday_NoMFA', IsScheduledRefresh: false, Type: 'Personal' },
        LastRefresh: '2026-11-20T10:00:00.0000000',
        Id: expect.stringMatching(GUID) as string,
      },
      InstitutionId: 14,
      Institution: 'FlinksCapital',
      Tag: 'label',
      RequestId: expect.stringMatching(GUID) as string,
    });
  });

  it('reads keys in any case and gives no Login without Save', async () => {
    const { body } = await driver.authorize({
      ...{ institution: 'flinkscapital', username: 'greatday_nomfa', password: 'Everyday' },
    });
    expect(body).toMatchObject({ HttpStatusCode: 200, Institution: 'FlinksCapital' });
    expect(body).not.toHaveProperty('Login');
    expect(driver.sim.control.state().cards).toEqual([]);
  });

  it('a live call without Save shows no Login and changes nothing of the card', async () => {
    const loginId = await driver.connected();
    const before = driver.sim.control.card(loginId);
    driver.clock.advance(DAY);
    const { status, body } = await driver.refresh(loginId, { Save: false });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('Login');
    driver.steps(3);
    expect(driver.sim.control.card(loginId)).toEqual({ ...before, attempts: 2 });
  });

  it('knows a login by institution, username in any case and language, and forgets it when deleted', async () => {
    const first = await driver.connected('greatday_nomfa');
    expect(await driver.connected('GREATDAY_NOMFA')).toBe(first);
    expect(await driver.connected('greatday_nomfa', { Language: 'fr' })).not.toBe(first);
    expect(await driver.connected('greatday_nomfa', { Institution: 'Maple Demo Bank' })).not.toBe(first);
    driver.sim.control.setPassword('greatday_nomfa', 'Newer');
    expect((await driver.refresh(first)).body).toMatchObject({ FlinksCode: 'INVALID_PASSWORD' });
    expect(await driver.connected('greatday_nomfa', { Password: 'Newer' })).toBe(first);
    await driver.bank('DELETE', `DeleteCard/${first}`);
    expect(await driver.connected('greatday_nomfa', { Password: 'Newer' })).not.toBe(first);
  });

  it.each([
    ['test_disabled_account', 'Everyday', 401, 'DISABLED_LOGIN'],
    ['test_service_unavailable', 'Everyday', 401, 'RETRY_LATER'],
    ['nobody', 'Everyday', 401, 'INVALID_USERNAME'],
    ['greatday', 'everyday', 401, 'INVALID_PASSWORD'],
    ['test_code_new_account', 'Everyday', 401, 'NEW_ACCOUNT'],
    ['test_code_aggregation_error', 'Everyday', 500, 'AGGREGATION_ERROR'],
  ])('%s/%s is %i %s', async (username, Password, status, FlinksCode) => {
    const answer = await driver.signIn(username, { Password });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      ...{ HttpStatusCode: status, FlinksCode, Institution: 'FlinksCapital' },
      Message: expect.any(String) as string,
    });
  });

  it.each([
    {},
    { ...LIVE },
    { ...LIVE, Username: 'greatday', Institution: 'Nowhere' },
    { ...LIVE, Username: 'greatday', Language: 'de' },
    { ...LIVE, Username: 'greatday', Save: 'yes' },
    { MostRecentCached: true },
    [],
  ])('refuses %j', async (body) => {
    expect((await driver.bank('POST', 'Authorize', { json: body })).body).toMatchObject({
      HttpStatusCode: 401,
      FlinksCode: 'INVALID_REQUEST',
    });
  });

  it('says 400 on older instances', async () => {
    driver.sim.control.configure({ generation: 'old', throttledStatus: 429 });
    expect(await driver.cached('00000000-0000-4000-8000-000000000000')).toMatchObject({
      status: 400,
      body: { FlinksCode: 'INVALID_LOGIN', HttpStatusCode: 400 },
    });
    expect((await driver.authorize({})).status).toBe(400);
    expect((await driver.signIn('test_code_too_many_requests')).status).toBe(429);
  });

  it('a switched-off institution is 405 and nobody is attempted', async () => {
    const answer = await driver.signIn('greatday', { Institution: 'Closed Demo Bank' });
    expect([answer.status, answer.body['FlinksCode']]).toEqual([405, 'DISABLED_INSTITUTION']);
    expect(driver.sim.control.attempts()).toEqual([]);
  });

  it('a cached session is new each time, asks nobody and shows the age of the data', async () => {
    const loginId = await driver.connected('greatday');
    driver.sim.control.clearAttempts();
    driver.clock.advance(DAY);
    const [first, second] = [await driver.cached(loginId), await driver.cached(loginId.toUpperCase())];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body['RequestId']).not.toBe(second.body['RequestId']);
    expect(part(first.body, 'Login')).toMatchObject({ Id: loginId, LastRefresh: '2026-11-20T10:00:02.0000000' });
    expect(driver.sim.control.attempts()).toEqual([]);
    const detail = await driver.data('AccountsDetail', text(first.body, 'RequestId'));
    expect(detail.status).toBe(200);
  });

  it('a cached session reports what the last refresh ended in, until one works', async () => {
    const loginId = await driver.connected();
    driver.sim.control.script({ username: 'greatday_nomfa', at: 'authorize', code: 'RETRY_LATER' });
    expect((await driver.refresh(loginId)).body).toMatchObject({ FlinksCode: 'RETRY_LATER' });
    const reported = await driver.cached(loginId);
    expect([reported.status, reported.body['FlinksCode']]).toEqual([401, 'RETRY_LATER']);
    expect((await driver.refresh(loginId)).status).toBe(200);
    expect((await driver.cached(loginId)).status).toBe(200);
  });

  it('a question that nobody answered is no error', async () => {
    const loginId = await driver.connected('greatday');
    expect((await driver.refresh(loginId)).status).toBe(203);
    driver.clock.advance(8 * MINUTE);
    expect((await driver.cached(loginId)).status).toBe(200);
    expect(driver.sim.control.card(loginId).lastRefreshState).toBe('AnsweringSecurityChallenge');
    expect((await driver.refresh(loginId)).status).toBe(203);
  });

  it('a wrong password of somebody who types it says nothing of the card', async () => {
    const loginId = await driver.connected();
    await driver.signIn('greatday_nomfa', { Password: 'guess' });
    expect((await driver.cached(loginId)).status).toBe(200);
  });

  it('a live call on a card at work is CONCURRENT_SESSION', async () => {
    const { body } = await driver.signIn('greatday_nomfa');
    const loginId = text(part(body, 'Login'), 'Id');
    expect((await driver.refresh(loginId)).body).toMatchObject({ FlinksCode: 'CONCURRENT_SESSION' });
    expect((await driver.signIn('greatday_nomfa')).body).toMatchObject({ FlinksCode: 'CONCURRENT_SESSION' });
    driver.steps(2);
    expect((await driver.refresh(loginId)).status).toBe(200);
    expect(driver.sim.control.attempts({ loginId })).toMatchObject([{ cause: 'login-id' }]);
    expect(driver.sim.control.card(loginId).attempts).toBe(2);
  });

  it('an open question stops a refresh, and a user who signs in again replaces it', async () => {
    const loginId = await driver.connected('greatday');
    const asked = await driver.refresh(loginId);
    expect(asked.status).toBe(203);
    expect((await driver.refresh(loginId)).body).toMatchObject({ FlinksCode: 'CONCURRENT_SESSION' });
    expect((await driver.signIn('greatday')).status).toBe(203);
    const late = await driver.answer(text(asked.body, 'RequestId'), {});
    expect([late.status, late.body['FlinksCode']]).toEqual([400, 'SESSION_NONEXISTENT']);
  });

  it('keeps logins 30 days and data 90 days from the last live call on, ids for ever', async () => {
    const loginId = await driver.connected();
    driver.clock.advance(29 * DAY);
    expect((await driver.refresh(loginId)).status).toBe(200);
    driver.clock.advance(30 * DAY);
    expect((await driver.refresh(loginId)).body).toMatchObject({ FlinksCode: 'INVALID_LOGIN' });
    expect((await driver.cached(loginId)).status).toBe(200);
    driver.clock.advance(60 * DAY);
    expect((await driver.cached(loginId)).body).toMatchObject({ FlinksCode: 'INVALID_LOGIN' });
    expect(await driver.connected()).toBe(loginId);
    expect((await driver.cached(loginId)).status).toBe(200);
  });
});

describe('timers of its own', () => {
  afterEach(() => FlinksDriver.stopAll());

  it('count at once', async () => {
    const driver = await FlinksDriver.start({ timers: { credentials: 5000 } });
    driver.sim.control.state();
    const loginId = driver.sim.control.link({ username: 'greatday' });
    driver.clock.advance(5000);
    expect(driver.sim.control.card(loginId).hasCredentials).toBe(false);
  });
});

describe('/AuthorizeAsync', () => {
  let driver: FlinksDriver;

  beforeEach(async () => {
    driver = await FlinksDriver.start();
  });
  afterEach(() => FlinksDriver.stopAll());

  const send = (json: object) => driver.bank('POST', 'AuthorizeAsync', { json });

  it('works in the background, asks, works on, and is open', async () => {
    const begun = await send({ ...LIVE, Username: 'greatday' });
    const RequestId = text(begun.body, 'RequestId');
    expect([begun.status, begun.body['HttpStatusCode']]).toEqual([202, 202]);
    expect((await driver.data('AccountsDetail', RequestId)).body).toMatchObject({ FlinksCode: 'UNAUTHORIZED' });
    expect((await send({ RequestId })).status).toBe(202);
    driver.steps(1);
    const asked = await send({ RequestId });
    expect([asked.status, asked.body['RequestId']]).toEqual([203, RequestId]);
    const SecurityResponses = driver.sim.control.session(RequestId).expectedAnswers;
    expect((await send({ RequestId, SecurityResponses })).status).toBe(202);
    driver.steps(1);
    const open = await send({ RequestId });
    expect([open.status, text(part(open.body, 'Login'), 'Username')]).toEqual([200, 'greatday']);
    expect((await send({ RequestId })).status).toBe(200);
  });

  it('tells a failure at every poll, and a wrong answer with the challenges', async () => {
    const failing = await send({ ...LIVE, Username: 'test_disabled_account' });
    expect(failing.status).toBe(202);
    driver.steps(1);
    const poll = { RequestId: text(failing.body, 'RequestId') };
    for (let n = 0; n < 2; n += 1) expect((await send(poll)).body).toMatchObject({ FlinksCode: 'DISABLED_LOGIN' });
    const { body } = await send({ ...LIVE, Username: 'greatday' });
    const RequestId = text(body, 'RequestId');
    driver.steps(1);
    const { SecurityChallenges } = (await send({ RequestId })).body;
    const [challenge] = objects({ SecurityChallenges }, 'SecurityChallenges');
    await send({ RequestId, SecurityResponses: { [text(challenge ?? {}, 'Prompt')]: ['wrong'] } });
    driver.steps(1);
    const wrong = await send({ RequestId });
    expect([wrong.status, wrong.body['FlinksCode']]).toEqual([401, 'INVALID_SECURITY_RESPONSE']);
    expect(wrong.body['SecurityChallenges']).toEqual(SecurityChallenges);
  });

  it('is METHOD_NOT_AVAILABLE where it is not enabled', async () => {
    driver.sim.control.configure({ disabledEndpoints: ['AuthorizeAsync'] });
    expect((await send({ ...LIVE, Username: 'greatday' })).body).toMatchObject({ FlinksCode: 'METHOD_NOT_AVAILABLE' });
    expect((await driver.signIn('greatday')).status).toBe(203);
  });

  it('ends after eight minutes without an answer', async () => {
    const { body } = await send({ ...LIVE, Username: 'greatday' });
    const RequestId = text(body, 'RequestId');
    driver.clock.advance(STEP_MS + 8 * MINUTE);
    expect((await send({ RequestId })).body).toMatchObject({ FlinksCode: 'SESSION_EXPIRED' });
    driver.clock.advance(60 * MINUTE);
    expect((await send({ RequestId })).body).toMatchObject({ FlinksCode: 'SESSION_NONEXISTENT' });
  });
});
