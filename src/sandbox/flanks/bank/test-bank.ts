import type { Group } from '../machine/groups.js';

/** The ways to ask for a second factor that the vendor's test bank knows by these words. */
export const CHALLENGES = [
  'SCA_SMS',
  'SCA_APP',
  'SCA_APP_CODE',
  'SCA_CALL',
  'SCA_CARD_READER',
  'SCA_CODE',
  'SCA_CODE_DEVICE',
  'SCA_CODE_FROM_APP',
  'SCA_COORDINATE',
  'SCA_COORDINATE_CARD',
  'SCA_CRYPTOCALCULATOR',
  'SCA_DIGIPASS',
  'SCA_EMAIL',
  'SCA_EXTERNAL_WAIT',
  'SCA_GOOGLE_AUTHENTICATOR',
  'SCA_QR_ACCEPT',
  'SCA_UPDATABLE_QR',
] as const;

export type Challenge = (typeof CHALLENGES)[number];

/** Error codes of a visit, in the words of Link. */
export type LinkError =
  | 'INVALID_CREDENTIALS'
  | 'INVALID_SCA'
  | 'CREDENTIALS_ALREADY_EXIST'
  | 'INTERNAL_ERROR'
  | 'SCA_TYPE_NOT_ALLOWED'
  | 'USER_INTERACTION_NEEDED'
  | 'ABORTED_BY_USER';

/** What the bank says to a word. */
export type Verdict =
  | { readonly kind: 'in'; readonly failing: readonly Group[] }
  | { readonly kind: 'asks'; readonly challenge: Challenge }
  | { readonly kind: 'error'; readonly code: LinkError };

/** Approved elsewhere: nothing is typed. */
const WITHOUT_INPUT: readonly Challenge[] = ['SCA_APP', 'SCA_EXTERNAL_WAIT', 'SCA_QR_ACCEPT', 'SCA_UPDATABLE_QR'];

const PASSWORD_ERRORS: Readonly<Record<string, LinkError>> = {
  ALREADY_EXISTS: 'CREDENTIALS_ALREADY_EXIST',
  INVALID_CREDENTIALS: 'INVALID_CREDENTIALS',
  INTERNAL_ERROR: 'INTERNAL_ERROR',
  SCA_TYPE_NOT_ALLOWED: 'SCA_TYPE_NOT_ALLOWED',
  USER_INTERACTION_NEEDED: 'USER_INTERACTION_NEEDED',
};

const ANSWER_ERRORS: Readonly<Record<string, LinkError>> = {
  INVALID_SCA: 'INVALID_SCA',
  INTERNAL_ERROR: 'INTERNAL_ERROR',
  USER_INTERACTION_NEEDED: 'USER_INTERACTION_NEEDED',
};

export const needsInput = (challenge: Challenge): boolean => !WITHOUT_INPUT.includes(challenge);

export function judgePassword(password: string): Verdict {
  if (password === 'DATA_ERROR_PRODUCT_ACCOUNT') return { kind: 'in', failing: ['product.account'] };
  return judge(password, PASSWORD_ERRORS);
}

/** Another word for a challenge asks again, in that way. */
export const judgeAnswer = (answer: string): Verdict => judge(answer, ANSWER_ERRORS);

function judge(word: string, errors: Readonly<Record<string, LinkError>>): Verdict {
  const code = Object.hasOwn(errors, word) ? errors[word] : undefined;
  if (code !== undefined) return { kind: 'error', code };
  const challenge = CHALLENGES.find((known) => known === word);
  return challenge === undefined ? { kind: 'in', failing: [] } : { kind: 'asks', challenge };
}
