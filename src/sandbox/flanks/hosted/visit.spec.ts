import { type Moved, type Visit, type VisitForm, moveVisit, retried, rollbackOf, sendsBack } from './visit.js';

const VISIT: Visit = {
  id: 'v',
  origin: { kind: 'link', linkToken: 'l', rollback: 'none', extras: {} },
  repairs: null,
  choice: ['testbank', 'bancoficticio'],
  bank: null,
  externalId: null,
  step: 'bank',
  username: null,
  failing: null,
  challenge: null,
  firstChallenge: null,
  notice: null,
  startedAt: 0,
};
const NOTHING: VisitForm = { bank: null, username: null, password: null, answer: null };
const nobody = () => false;
const move = (
  visit: Visit,
  form: Partial<VisitForm>,
  exists: (bank: string, username: string) => boolean = nobody,
): Moved => moveVisit(visit, { ...NOTHING, ...form }, exists);

describe('a visit', () => {
  it('goes page by page or the whole way at once', () => {
    const chosen = move(VISIT, { bank: 'testbank' });
    expect(chosen).toMatchObject({ kind: 'waits', visit: { step: 'login', bank: 'testbank' } });
    const asked = move(chosen.visit, { username: 'ana', password: 'SCA_SMS' });
    expect(asked).toMatchObject({ kind: 'waits', visit: { step: 'challenge', challenge: 'SCA_SMS', username: 'ana' } });
    expect(move(asked.visit, { answer: '1' }).kind).toBe('passed');
    const whole = { bank: 'testbank', username: 'ana', password: 'SCA_SMS', answer: '1' };
    expect(move(VISIT, whole)).toMatchObject({ kind: 'passed', visit: { firstChallenge: 'SCA_SMS' } });
  });

  it('keeps no password', () => {
    const form = { bank: 'testbank', username: 'ana', password: 'SCA_SMS', answer: 'tan-9' };
    expect(JSON.stringify(move(VISIT, { ...form, password: 'pw-77' }))).not.toContain('pw-77');
    expect(JSON.stringify(move(VISIT, form))).not.toContain('tan-9');
  });

  it('chains challenges and remembers the first', () => {
    const asked = move(VISIT, { bank: 'testbank', username: 'ana', password: 'SCA_SMS', answer: 'SCA_APP' });
    expect(asked).toMatchObject({ kind: 'waits', visit: { challenge: 'SCA_APP', firstChallenge: 'SCA_SMS' } });
    expect(move(asked.visit, { answer: 'INVALID_SCA' }).kind).toBe('passed');
  });

  it('stays with a notice for what is missing or not on offer', () => {
    expect(move(VISIT, { bank: 'elsewhere' })).toMatchObject({ kind: 'waits', visit: { step: 'bank', bank: null } });
    const login: Visit = { ...VISIT, step: 'login', bank: 'testbank' };
    expect(move(login, { username: 'ana' }).visit.notice).toContain('password');
    const challenge: Visit = { ...login, step: 'challenge', challenge: 'SCA_CODE', username: 'ana' };
    expect(move(challenge, { answer: '' }).visit.notice).toContain('code');
  });

  it('meets existing credentials of the same bank and user, but a refusal of the bank first', () => {
    const exists = (bank: string, username: string) => bank === 'testbank' && username === 'ana';
    const form = { bank: 'testbank', username: 'ana', password: 'x' };
    expect(move(VISIT, form, exists)).toMatchObject({ kind: 'failed', code: 'CREDENTIALS_ALREADY_EXIST' });
    expect(move(VISIT, { ...form, bank: 'bancoficticio' }, exists).kind).toBe('passed');
    const refused = move(VISIT, { ...form, password: 'INVALID_CREDENTIALS' }, exists);
    expect(refused).toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it('that repairs takes no other user', () => {
    const repair: Visit = {
      ...VISIT,
      repairs: { kind: 'reset', credentialId: 'cred-1' },
      bank: 'testbank',
      step: 'login',
      username: 'ana',
    };
    const always = () => true;
    expect(move(repair, { username: 'eva', password: 'x' }, always)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(move(repair, { username: 'ana', password: 'x' }, always).kind).toBe('passed');
    expect(move(repair, { password: 'x' }, always).kind).toBe('passed');
  });

  it('goes back to the login after an error, and a second factor that is repaired asks again', () => {
    const asked = move(VISIT, { bank: 'testbank', username: 'ana', password: 'SCA_SMS' }).visit;
    expect(retried(asked, 'INVALID_SCA')).toMatchObject({ step: 'login', challenge: null, notice: 'INVALID_SCA' });
    const repair: Visit = { ...asked, repairs: { kind: 'sca', credentialId: 'cred-1' } };
    expect(retried(repair, 'INVALID_SCA')).toMatchObject({ step: 'challenge', challenge: 'SCA_SMS' });
  });
});

describe('rollback', () => {
  it.each([
    [null, 'INVALID_CREDENTIALS', false],
    ['', 'INVALID_CREDENTIALS', false],
    ['false', 'ABORTED_BY_USER', false],
    ['true', 'INVALID_CREDENTIALS', true],
    ['true', 'ABORTED_BY_USER', true],
    ['INVALID_CREDENTIALS, INVALID_SCA', 'INVALID_SCA', true],
    ['INVALID_CREDENTIALS', 'INTERNAL_ERROR', false],
    ['INVALID_CREDENTIALS', 'ABORTED_BY_USER', true],
  ] as const)('%s and %s: %s', (text, code, back) => {
    expect(sendsBack(rollbackOf(text), code)).toBe(back);
  });
});
