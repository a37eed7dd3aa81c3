import { type Json, objects, part, text } from '../../simulator/testing/json-answer.js';
import { FlinksDriver } from '../testing/flinks-driver.js';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describe('cards', () => {
  let driver: FlinksDriver;

  beforeEach(async () => {
    driver = await FlinksDriver.start();
  });
  afterEach(() => FlinksDriver.stopAll());

  const remove = (loginId: string) => driver.bank('DELETE', `DeleteCard/${loginId}`);
  const schedule = (json: Json) => driver.bank('PATCH', 'SetScheduledRefresh', { json });
  const questions = (loginId: string) => driver.bank('GET', `GetMFAQuestions/${loginId}`);
  const store = (json: Json) => driver.bank('PATCH', 'AnswerMFAQuestions', { json });

  it('a deleted card is gone everywhere, its sessions too', async () => {
    const loginId = await driver.connected();
    const requestId = text((await driver.cached(loginId)).body, 'RequestId');
    const removed = await remove(loginId);
    expect([removed.status, removed.body]).toEqual([
      200,
      {
        ...{ HttpStatusCode: 200, StatusCode: 200 },
        Message: expect.stringMatching(`${loginId}.*has been removed$`) as string,
      },
    ]);
    for (const { body } of [await driver.cached(loginId), await driver.refresh(loginId), await remove(loginId)]) {
      expect(body).toMatchObject({ HttpStatusCode: 401, FlinksCode: 'INVALID_LOGIN' });
    }
    expect((await driver.data('AccountsDetail', requestId)).body).toMatchObject({ FlinksCode: 'SESSION_NONEXISTENT' });
    expect((await schedule({ LoginId: loginId, IsActivated: true })).body).toMatchObject({
      FlinksCode: 'INVALID_REQUEST',
    });
    expect((await questions(loginId)).body).toMatchObject({ FlinksCode: 'INVALID_LOGIN' });
  });

  it('a card at work is in use; one that waits for an answer is not', async () => {
    const { body } = await driver.signIn('greatday_nomfa');
    const loginId = text(part(body, 'Login'), 'Id');
    const busy = await remove(loginId);
    expect([busy.status, busy.body['FlinksCode']]).toEqual([400, 'CARD_IN_USE']);
    driver.steps(2);
    expect((await remove(loginId)).status).toBe(200);
    const asked = await driver.connected('greatday');
    expect((await driver.refresh(asked)).status).toBe(203);
    expect((await remove(asked)).status).toBe(200);
  });

  it('work in the background counts as work', async () => {
    const LoginId = await driver.connected();
    const json = { LoginId, MostRecentCached: false, Save: true };
    expect((await driver.bank('POST', 'AuthorizeAsync', { json })).status).toBe(202);
    expect((await remove(LoginId)).body).toMatchObject({ FlinksCode: 'CARD_IN_USE' });
  });

  it('an unknown card can also be told in the text of a 200', async () => {
    driver.sim.control.configure({ deleteUnknown: 'text' });
    const answer = await remove(UNKNOWN);
    expect([answer.status, answer.body['Message']]).toEqual([200, `Invalid LoginId ${UNKNOWN}`]);
  });

  it('the nightly refresh is switched with an answer that is no object', async () => {
    const loginId = await driver.connected();
    const on = await schedule({ loginId, isActivated: true });
    expect([on.status, on.headers.get('content-type'), on.text]).toEqual([
      200,
      'application/json; charset=utf-8',
      `"LoginId ${loginId} has been activated for automatic refresh"`,
    ]);
    expect(part((await driver.cached(loginId)).body, 'Login')['IsScheduledRefresh']).toBe(true);
    expect((await schedule({ LoginId: loginId, IsActivated: false })).text).toContain('deactivated for automatic');
    expect((await schedule({ LoginId: UNKNOWN, IsActivated: false })).body).toMatchObject({
      ...{ HttpStatusCode: 401, FlinksCode: 'INVALID_REQUEST', Message: `LoginId ${UNKNOWN} is invalid.` },
    });
  });

  it('ScheduleRefresh counts for a new card only', async () => {
    const loginId = await driver.connected('greatday_nomfa', { ScheduleRefresh: true });
    expect(driver.sim.control.card(loginId).isScheduledRefresh).toBe(true);
    await schedule({ LoginId: loginId, IsActivated: false });
    await driver.connected('greatday_nomfa', { ScheduleRefresh: true });
    expect(driver.sim.control.card(loginId).isScheduledRefresh).toBe(false);
  });

  it('stored answers spare the user the question', async () => {
    const LoginId = await driver.connected('greatday');
    const asked = await questions(LoginId);
    expect([asked.body['Message'], asked.status]).toEqual(['SUCCESS', 200]);
    const prompts = objects(asked.body, 'Questions').map(({ Question }) => Question);
    expect(prompts).toContain('What city were you born in?');
    const answers = ['Montreal', 'Canada', 'Triangle'];
    const Questions = prompts.map((Question, n) => ({ Question, Answer: answers[n] }));
    const stored = await store({ LoginId, Questions });
    expect([stored.status, typeof stored.body['Message']]).toEqual([200, 'string']);
    expect((await driver.refresh(LoginId)).status).toBe(200);
    driver.steps(2);
    await store({ LoginId, Questions: prompts.map((Question) => ({ Question, Answer: 'wrong' })) });
    expect((await driver.refresh(LoginId)).status).toBe(203);
    const strange = await store({ LoginId, Questions: [{ Question: 'Why?', Answer: 'x' }] });
    expect(strange.body).toMatchObject({ FlinksCode: 'UNKNOWN_CHALLENGE_KEY' });
    expect((await store({ LoginId })).body).toMatchObject({ FlinksCode: 'INVALID_REQUEST' });
  });

  it('answers of a first sign-in are kept when asked for', async () => {
    const loginId = await driver.connected('greatday', { WithMfaQuestions: true });
    expect((await driver.refresh(loginId)).status).toBe(200);
  });

  it('institutions come in pages without the envelope, and by routing number', async () => {
    const all = await driver.bank('GET', 'Institutions');
    const ids = objects(all.body, 'Data').map(({ Id }) => Id);
    expect(all.body['Count']).toBe(ids.length);
    expect(all.body).not.toHaveProperty('HttpStatusCode');
    expect(objects(all.body, 'Data')[0]).toMatchObject({
      ...{ Id: 14, Status: 'Enabled', Country: 'CA' },
      Localizations: [{ Language: 'en', Name: 'FlinksCapital' }, { Language: 'fr' }],
    });
    const page = await driver.bank('GET', 'Institutions?skip=2&take=3');
    expect(objects(page.body, 'Data').map(({ Id }) => Id)).toEqual(ids.slice(2, 5));
    expect((await driver.bank('GET', 'Institutions?skip=-1')).body).toMatchObject({ FlinksCode: 'INVALID_REQUEST' });
    const american = await driver.bank('GET', 'Institutions/RoutingNumber/990000028');
    expect(american.body).toMatchObject({ Id: 951, Country: 'US', RoutingNumbers: ['990000015', '990000028'] });
    expect((await driver.bank('GET', 'Institutions/RoutingNumber/1')).status).toBe(401);
  });
});
