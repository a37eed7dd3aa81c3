import { CHALLENGES, judgeAnswer, judgePassword, needsInput } from './test-bank.js';

describe('the test bank', () => {
  it.each([
    ['ALREADY_EXISTS', 'CREDENTIALS_ALREADY_EXIST'],
    ['INVALID_CREDENTIALS', 'INVALID_CREDENTIALS'],
    ['INTERNAL_ERROR', 'INTERNAL_ERROR'],
    ['SCA_TYPE_NOT_ALLOWED', 'SCA_TYPE_NOT_ALLOWED'],
    ['USER_INTERACTION_NEEDED', 'USER_INTERACTION_NEEDED'],
  ])('refuses the password %s', (word, code) => {
    expect(judgePassword(word)).toEqual({ kind: 'error', code });
  });

  it.each(['INVALID_SCA', 'INTERNAL_ERROR', 'USER_INTERACTION_NEEDED'])('refuses the answer %s', (word) => {
    expect(judgeAnswer(word)).toEqual({ kind: 'error', code: word });
  });

  it.each(CHALLENGES)('asks for %s, also after another challenge', (challenge) => {
    expect(judgePassword(challenge)).toEqual({ kind: 'asks', challenge });
    expect(judgeAnswer(challenge)).toEqual({ kind: 'asks', challenge });
  });

  it('lets everybody else in', () => {
    for (const word of ['secret', 'sca_sms', 'INVALID_SCA', 'constructor', 'SCA_TELEPATHY']) {
      expect(judgePassword(word)).toEqual({ kind: 'in', failing: [] });
    }
    expect(judgePassword('DATA_ERROR_PRODUCT_ACCOUNT')).toEqual({ kind: 'in', failing: ['product.account'] });
    for (const word of ['123456', 'ALREADY_EXISTS', 'INVALID_CREDENTIALS']) {
      expect(judgeAnswer(word)).toEqual({ kind: 'in', failing: [] });
    }
  });

  it('types nothing where the user approves elsewhere', () => {
    expect(CHALLENGES.filter((challenge) => !needsInput(challenge))).toEqual([
      'SCA_APP',
      'SCA_EXTERNAL_WAIT',
      'SCA_QR_ACCEPT',
      'SCA_UPDATABLE_QR',
    ]);
  });
});
