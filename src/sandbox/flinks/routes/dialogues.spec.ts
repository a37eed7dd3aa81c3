import { PHONE_CODE } from '../data/challenges.js';
import { PICTURES } from '../data/pictures.js';
import { type Json, objects, part, text } from '../../simulator/testing/json-answer.js';
import { FlinksDriver, MINUTE } from '../testing/flinks-driver.js';

describe('the dialogue', () => {
  let driver: FlinksDriver;

  beforeEach(async () => {
    driver = await FlinksDriver.start();
  });
  afterEach(() => FlinksDriver.stopAll());

  const challengesOf = (body: Json) => objects(body, 'SecurityChallenges');

  it('is a real 203 with the prompt, no Login, and one RequestId to the end', async () => {
    const asked = await driver.signIn('Greatday', { Tag: 'mine' });
    const RequestId = text(asked.body, 'RequestId');
    expect(asked.status).toBe(203);
    expect(asked.body).toEqual({
      HttpStatusCode: 203,
      Links: [{ rel: 'Authorization', href: '/Authorize', example: null }],
      SecurityChallenges: [{ Type: 'QuestionAndAnswer', Prompt: 'What shape do people like most?' }],
      ...{ InstitutionName: 'FlinksCapital', InstitutionId: 14, Institution: 'FlinksCapital', Tag: 'mine', RequestId },
    });
    const open = await driver.answer(RequestId, { 'What shape do people like most?': ['triangle '] });
    expect([open.status, open.body['RequestId'], open.body['Tag']]).toEqual([200, RequestId, 'mine']);
    expect(part(open.body, 'Login')).toMatchObject({ Username: 'Greatday' });
  });

  it('asks another question each time, in the language of the session', async () => {
    const prompts = new Set<unknown>();
    for (let n = 0; n < 3; n += 1) prompts.add(challengesOf((await driver.signIn('greatday')).body)[0]?.['Prompt']);
    expect(prompts).toEqual(
      new Set(['What city were you born in?', 'What is the best country on earth?', 'What shape do people like most?']),
    );
    const french = await driver.signIn('greatday', { Language: 'fr' });
    expect(challengesOf(french.body)).toMatchObject([{ Prompt: 'Quelle forme les gens préfèrent-ils?' }]);
    expect((await driver.answerAll(french)).status).toBe(200);
    const american = await driver.signIn('greatday', { Institution: 'Liberty Demo Bank' });
    const answers = { 'What is 2 + 2?': ['4'] };
    expect((await driver.answer(text(american.body, 'RequestId'), answers)).status).toBe(200);
  });

  it('asks all questions at once when it may keep the answers', async () => {
    const { body } = await driver.signIn('greatday', { WithMfaQuestions: true });
    expect(challengesOf(body)).toHaveLength(3);
  });

  it.each([
    ['greatday_choice', 'MultipleChoice', ['Chequing', 'Mortgage', 'None of these'], ['Chequing'], ['Mortgage']],
    [
      'greatday_choices',
      'MultipleChoiceMultipleAnswers',
      ['Montréal', 'Halifax', 'Regina', 'Victoria'],
      ['Victoria', 'Montréal'],
      ['Montréal'],
    ],
    ['greatday_image', 'ImageSelection', Object.values(PICTURES), [PICTURES.black], [PICTURES.white]],
  ])('%s is asked a %s', async (username, Type, Iterables, right, wrong) => {
    const { body } = await driver.signIn(username);
    const [challenge = {}] = challengesOf(body);
    expect(challenge).toMatchObject({ Type, Iterables });
    const RequestId = text(body, 'RequestId');
    const Prompt = text(challenge, 'Prompt');
    expect((await driver.answer(RequestId, { [Prompt]: wrong })).body).toMatchObject({
      FlinksCode: 'INVALID_SECURITY_RESPONSE',
    });
    expect((await driver.answer(RequestId, { [Prompt]: right })).status).toBe(200);
  });

  it('a phone is answered under its own number, and the code follows', async () => {
    const { body } = await driver.signIn('greatday_phone');
    const RequestId = text(body, 'RequestId');
    const [{ Type, Prompt, Iterables } = {}] = challengesOf(body);
    expect([Type, Iterables]).toEqual(['TextOrCall', ['(•••) •••-4477', '(•••) •••-0199']]);
    expect((await driver.answer(RequestId, { [String(Prompt)]: ['Text'] })).body).toMatchObject({
      FlinksCode: 'UNKNOWN_CHALLENGE_KEY',
    });
    const sent = await driver.answer(RequestId, { '(•••) •••-0199': ['Call'] });
    expect([sent.status, sent.body['RequestId']]).toEqual([203, RequestId]);
    expect(challengesOf(sent.body)).toEqual([{ Type: 'QuestionAndAnswer', Prompt: 'Enter the code we sent you.' }]);
    expect((await driver.answer(RequestId, { 'Enter the code we sent you.': [PHONE_CODE] })).status).toBe(200);
  });

  it('goes through several rounds', async () => {
    let answer = await driver.signIn('greatday_rounds');
    const RequestId = text(answer.body, 'RequestId');
    const types: unknown[] = [];
    while (answer.status === 203) {
      types.push(...challengesOf(answer.body).map(({ Type }) => Type));
      answer = await driver.answer(RequestId, driver.sim.control.session(RequestId).expectedAnswers ?? {});
    }
    expect(types).toEqual(['QuestionAndAnswer', 'MultipleChoice', 'TextOrCall', 'QuestionAndAnswer']);
    expect(answer.status).toBe(200);
  });

  it('wants every prompt answered and no other, and stays open until then', async () => {
    const { body } = await driver.signIn('greatday_together');
    const RequestId = text(body, 'RequestId');
    const city = { 'What city were you born in?': ['Montreal'] };
    const shape = { 'What shape do people like most?': ['Triangle'] };
    const codeOf = async (answers: Json) => (await driver.answer(RequestId, answers)).body;
    expect(await codeOf(city)).toMatchObject({ HttpStatusCode: 401, FlinksCode: 'SECURITYRESPONSES_INCOMPLETE' });
    expect(await codeOf({ ...city, 'what shape do people like most?': ['Triangle'] })).toMatchObject({
      FlinksCode: 'UNKNOWN_CHALLENGE_KEY',
      SecurityChallenges: [{}, {}],
    });
    expect(await codeOf({ ...city, 'What shape do people like most?': 'Triangle' })).toMatchObject({
      FlinksCode: 'INVALID_REQUEST',
    });
    const empty = await driver.answer(RequestId, {});
    expect([empty.status, challengesOf(empty.body).length]).toEqual([203, 2]);
    expect((await driver.answer(RequestId, { ...city, ...shape })).status).toBe(200);
    expect(await codeOf(city)).toMatchObject({ HttpStatusCode: 401, FlinksCode: 'ALREADY_AUTHORIZED' });
  });

  it('takes wrong answers twice, and the third ends it', async () => {
    const { body } = await driver.signIn('greatday');
    const RequestId = text(body, 'RequestId');
    const wrong = () => driver.answer(RequestId, { 'What shape do people like most?': ['Square'] });
    for (let n = 0; n < 2; n += 1) {
      const answer = await wrong();
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({
        ...{ FlinksCode: 'INVALID_SECURITY_RESPONSE', RequestId },
        SecurityChallenges: body['SecurityChallenges'],
      });
    }
    expect((await driver.answer(RequestId, {})).status).toBe(203);
    const over = (await wrong()).body;
    expect(over).toMatchObject({ HttpStatusCode: 401, FlinksCode: 'INVALID_SECURITY_RESPONSE_NO_RETRY' });
    expect(over).not.toHaveProperty('SecurityChallenges');
    expect((await wrong()).body).toMatchObject({ HttpStatusCode: 400, FlinksCode: 'SESSION_NONEXISTENT' });
  });

  it('waits eight minutes from the last answer on', async () => {
    const { body } = await driver.signIn('greatday');
    const RequestId = text(body, 'RequestId');
    driver.clock.advance(8 * MINUTE - 1);
    expect((await driver.answer(RequestId, { 'What shape do people like most?': ['?'] })).status).toBe(401);
    driver.clock.advance(8 * MINUTE - 1);
    expect((await driver.answer(RequestId, {})).status).toBe(203);
    driver.clock.advance(1);
    const late = await driver.answer(RequestId, { 'What shape do people like most?': ['Triangle'] });
    expect(late.body).toMatchObject({ HttpStatusCode: 401, FlinksCode: 'SESSION_EXPIRED' });
    driver.clock.advance(60 * MINUTE);
    expect((await driver.answer(RequestId, {})).body).toMatchObject({ FlinksCode: 'SESSION_NONEXISTENT' });
  });

  it('a bank that wants new questions sends the user away', async () => {
    const { body } = await driver.signIn('greatday_renew');
    const [{ Type, Prompt, Iterables } = {}] = challengesOf(body);
    expect([Type, Iterables]).toEqual(['QuestionAndAnswer', expect.arrayContaining(['What city were you born in?'])]);
    const answers = { [String(Prompt)]: ['What city were you born in?'] };
    expect((await driver.answer(text(body, 'RequestId'), answers)).body).toMatchObject({ FlinksCode: 'NEW_ACCOUNT' });
  });

  it('an answer can be scripted to end in any code', async () => {
    const { body } = await driver.signIn('greatday');
    driver.sim.control.script({ username: 'Greatday', at: 'answer', code: 'DISABLED_LOGIN' });
    const answers = { 'What shape do people like most?': ['Triangle'] };
    const RequestId = text(body, 'RequestId');
    expect((await driver.answer(RequestId, {})).status).toBe(203);
    expect((await driver.answer(RequestId, answers)).body).toMatchObject({ FlinksCode: 'DISABLED_LOGIN' });
  });

  it('an unknown RequestId is SESSION_NONEXISTENT', async () => {
    const answer = await driver.answer('00000000-0000-4000-8000-000000000000', {});
    expect([answer.status, answer.body['FlinksCode']]).toEqual([400, 'SESSION_NONEXISTENT']);
  });
});
