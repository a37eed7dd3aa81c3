import { type QuestionName, roundOf } from '../data/challenges.js';
import { answerFromStore, challengeView, expectedAnswers, judge, storeAnswer } from './answers.js';

const round = (...names: QuestionName[]) => roundOf(names, 'en');
const CITY = 'What city were you born in?';
const SHAPE = 'What shape do people like most?';

describe('answers', () => {
  it.each([
    [{}, 'nothing'],
    [{ [CITY]: ['Montreal'] }, 'SECURITYRESPONSES_INCOMPLETE'],
    [{ [CITY]: ['Montreal'], Other: ['x'] }, 'UNKNOWN_CHALLENGE_KEY'],
    [{ [`${CITY} `]: ['Montreal'], [SHAPE]: ['Triangle'] }, 'UNKNOWN_CHALLENGE_KEY'],
    [{ [CITY]: [' MONTRÉAL'], [SHAPE]: ['triangle'] }, 'right'],
    [{ [CITY]: ['Halifax'], [SHAPE]: ['Triangle'] }, 'wrong'],
    [{ [CITY]: [], [SHAPE]: ['Triangle'] }, 'wrong'],
    [{ [CITY]: ['Montreal', 'Halifax'], [SHAPE]: ['Triangle'] }, 'wrong'],
  ])('%j to two questions is %s', (responses, verdict) => {
    expect(judge(round('city', 'shape'), responses)).toBe(verdict);
  });

  it('a choice counts letter by letter', () => {
    const [prompt = ''] = Object.keys(expectedAnswers(round('account')));
    expect(judge(round('account'), { [prompt]: ['Chequing'] })).toBe('right');
    expect(judge(round('account'), { [prompt]: ['chequing'] })).toBe('wrong');
  });

  it('several choices are right in any order, none missing and none too many', () => {
    const [prompt = ''] = Object.keys(expectedAnswers(round('branches')));
    const judged = (...chosen: string[]) => judge(round('branches'), { [prompt]: chosen });
    expect(judged('Victoria', 'Montréal')).toBe('right');
    expect(judged('Montréal')).toBe('wrong');
    expect(judged('Montréal', 'Montréal')).toBe('wrong');
    expect(judged('Montréal', 'Victoria', 'Regina')).toBe('wrong');
  });

  it('one phone, by text or call', () => {
    const [first = '', second = ''] = round('phone').challenges[0]?.iterables ?? [];
    expect(judge(round('phone'), { [second]: ['Text'] })).toBe('right');
    expect(judge(round('phone'), { [first]: ['Call'] })).toBe('right');
    expect(judge(round('phone'), { [first]: ['Pigeon'] })).toBe('wrong');
    expect(judge(round('phone'), { [first]: ['Text'], [second]: ['Text'] })).toBe('wrong');
  });

  it.each<[QuestionName[]]>([
    [['city']],
    [['account']],
    [['branches']],
    [['picture']],
    [['phone']],
    [['city', 'code']],
  ])('what is expected of %j is right', (names) => {
    expect(judge(round(...names), expectedAnswers(round(...names)))).toBe('right');
  });

  it('a question without options has no Iterables', () => {
    const [city] = round('city').challenges;
    expect(city && challengeView(city)).toEqual({ Type: 'QuestionAndAnswer', Prompt: CITY });
  });
});

describe('the store of answers', () => {
  it('answers what it knows and leaves the rest', () => {
    const rounds = [round('city', 'shape'), round('account')];
    const stored = { [CITY]: storeAnswer('montreal'), [SHAPE]: storeAnswer('Triangle') };
    const left = answerFromStore(rounds, stored) ?? [];
    expect(left.map(({ challenges }) => challenges.map(({ type }) => type))).toEqual([['MultipleChoice']]);
    expect(answerFromStore(rounds, {})).toEqual(rounds);
  });

  it('says when a stored answer is wrong', () => {
    expect(answerFromStore([round('city')], { [CITY]: storeAnswer('Halifax') })).toBeNull();
  });

  it('never answers a bank that wants new questions', () => {
    const [renew] = round('renew').challenges;
    const rounds = [round('renew')];
    expect(answerFromStore(rounds, { [renew?.prompt ?? '']: storeAnswer('x') })).toEqual(rounds);
  });
});
