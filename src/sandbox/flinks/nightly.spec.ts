import { type Json, objects, part, text } from '../simulator/testing/json-answer.js';
import { DAY, FlinksDriver } from './testing/flinks-driver.js';

describe('the nightly run', () => {
  let driver: FlinksDriver;

  beforeEach(async () => {
    driver = await FlinksDriver.start();
  });
  afterEach(() => FlinksDriver.stopAll());

  const scheduled = async (username = 'greatday_nomfa') => {
    const loginId = await driver.connected(username, { ScheduleRefresh: true });
    await driver.cached(loginId);
    driver.sim.control.clearAttempts();
    return loginId;
  };
  const nights = () => driver.sim.control.attempts({ cause: 'nightly' });
  const left = async (): Promise<readonly Json[]> =>
    objects((await driver.bank('GET', 'GetNightlyRefreshStatus')).body, 'IneligibleCards');

  it('refreshes at four in the morning, once a night, and no card that is not scheduled', async () => {
    const loginId = await scheduled();
    await driver.connected('greatday_business');
    expect(await left()).toEqual([]);
    const at = Date.UTC(2026, 10, 21, 4);
    driver.clock.advance(at - driver.clock.now().getTime() - 1);
    expect(nights()).toEqual([]);
    driver.clock.advance(1);
    expect(nights()).toMatchObject([{ loginId, at, username: 'greatday_nomfa' }]);
    expect(driver.sim.control.card(loginId)).toMatchObject({ dataAsOf: at, lastRefreshState: 'Completed' });
    driver.clock.advance(2 * DAY);
    expect(nights()).toHaveLength(3);
  });

  it('a question with nobody present is QUESTION_NOT_FOUND, and the card is left out from then on', async () => {
    const loginId = await scheduled('greatday');
    driver.clock.advance(3 * DAY);
    expect(nights()).toHaveLength(1);
    expect((await driver.cached(loginId)).body).toMatchObject({ FlinksCode: 'QUESTION_NOT_FOUND' });
    expect(await left()).toEqual([
      {
        LoginId: loginId,
        LastRefreshDate: '2026-11-20T10:00:02.0000000',
        LastRefreshState: 'AnsweringSecurityChallenge',
        LastRefreshErrorCode: 'QUESTION_NOT_FOUND',
      },
    ]);
    await driver.answerAll(await driver.refresh(loginId));
    driver.steps(2);
    await driver.cached(loginId);
    expect(await left()).toEqual([]);
  });

  it('stored answers get it through', async () => {
    const LoginId = await scheduled('greatday');
    const Questions = [
      { Question: 'What city were you born in?', Answer: 'Montreal' },
      { Question: 'What is the best country on earth?', Answer: 'Canada' },
      { Question: 'What shape do people like most?', Answer: 'Triangle' },
    ];
    await driver.bank('PATCH', 'AnswerMFAQuestions', { json: { LoginId, Questions } });
    driver.clock.advance(3 * DAY);
    expect(nights()).toHaveLength(3);
    const wrong = Questions.map(({ Question }) => ({ Question, Answer: '?' }));
    await driver.bank('PATCH', 'AnswerMFAQuestions', { json: { LoginId, Questions: wrong } });
    driver.clock.advance(DAY);
    expect((await driver.cached(LoginId)).body).toMatchObject({ FlinksCode: 'INVALID_SECURITY_RESPONSE' });
  });

  it('goes on after a transient error and stops after another', async () => {
    const loginId = await scheduled();
    driver.sim.control.script({ username: 'greatday_nomfa', at: 'authorize', code: 'RETRY_LATER' });
    driver.clock.advance(DAY);
    expect((await driver.cached(loginId)).body).toMatchObject({ FlinksCode: 'RETRY_LATER' });
    driver.sim.control.script({ username: 'greatday_nomfa', at: 'data', code: 'DISABLED_LOGIN' });
    driver.clock.advance(DAY);
    expect((await driver.cached(loginId)).body).toMatchObject({ FlinksCode: 'DISABLED_LOGIN' });
    driver.clock.advance(3 * DAY);
    expect(nights()).toHaveLength(2);
  });

  it('leaves out a card that nobody looked at for a week, unless the customer has webhooks', async () => {
    const loginId = await scheduled();
    driver.clock.advance(10 * DAY);
    expect(nights()).toHaveLength(7);
    expect(await left()).toMatchObject([{ LoginId: loginId, LastRefreshErrorCode: null }]);
    driver.sim.control.configure({ nightlyNeedsCachedCall: false });
    expect(driver.sim.control.runNightly()).toEqual([loginId]);
  });

  it('keeps the stored login alive', async () => {
    const loginId = await scheduled();
    for (let week = 0; week < 6; week += 1) {
      driver.clock.advance(7 * DAY);
      await driver.cached(loginId);
    }
    expect(nights()).toHaveLength(42);
    expect((await driver.refresh(loginId)).status).toBe(200);
  });

  it('finds what came in before it, also when nobody looked since', async () => {
    const { body } = await driver.signIn('greatday_nomfa', { ScheduleRefresh: true });
    await driver.cached(text(part(body, 'Login'), 'Id'));
    driver.clock.advance(3 * DAY);
    expect(nights()).toHaveLength(3);
  });

  it('can be run at once, and takes no card that is at work', async () => {
    const loginId = await scheduled();
    expect(driver.sim.control.runNightly()).toEqual([loginId]);
    await driver.refresh(loginId);
    expect(driver.sim.control.runNightly()).toEqual([]);
  });
});
