/** Flinks' words. They stay in this folder. */

export const FLINKS_CODES = [
  'OK',
  'CREATED',
  'OPERATION_PENDING',
  'OPERATION_DISPATCHED',
  'SESSION_NONEXISTENT',
  'SESSION_EXPIRED',
  'CARD_IN_USE',
  'CONCURRENT_SESSION',
  'INVALID_LOGIN',
  'INVALID_USERNAME',
  'INVALID_PASSWORD',
  'INVALID_REQUEST',
  'ACCESS_DENIED',
  'UNAUTHORIZED',
  'INVALID_SECURITY_RESPONSE',
  'INVALID_SECURITY_RESPONSE_NO_RETRY',
  'QUESTION_NOT_FOUND',
  'UNKNOWN_CHALLENGE_KEY',
  'SECURITYRESPONSES_INCOMPLETE',
  'ALREADY_AUTHORIZED',
  'RETRY_LATER',
  'BANK_MAINTENANCE_RETRY_LATER',
  'TOO_MANY_REQUESTS',
  'DISABLED_LOGIN',
  'NEW_ACCOUNT',
  'NO_TRANSACTION',
  'DISABLED_INSTITUTION',
  'AGGREGATION_ERROR',
  'METHOD_NOT_AVAILABLE',
] as const;
export type FlinksCode = (typeof FLINKS_CODES)[number];

/** The documentation spells the code of a bank's maintenance in three ways. */
const MAINTENANCE = /^BANK_?(IN_)?MAINTENANCE/;

/** `undefined` for a word that the documentation does not have. */
export function knownCode(word: string): FlinksCode | undefined {
  if (MAINTENANCE.test(word)) return 'BANK_MAINTENANCE_RETRY_LATER';
  return FLINKS_CODES.find((code) => code === word);
}

const CHALLENGE_TYPES = [
  'QuestionAndAnswer',
  'MultipleChoice',
  'MultipleChoiceMultipleAnswers',
  'ImageSelection',
  'TextOrCall',
] as const;
export type ChallengeType = (typeof CHALLENGE_TYPES)[number];

export function knownChallengeType(word: string): ChallengeType | undefined {
  return CHALLENGE_TYPES.find((type) => type === word);
}

export interface FlinksChallenge {
  /** Usually a `ChallengeType`. */
  readonly type: string;
  readonly prompt: string;
  readonly iterables: readonly string[];
}

/** Present only where the session is saved. */
export interface FlinksLogin {
  readonly id: string;
  readonly username: string | null;
  readonly lastRefresh: Date | null;
}

export interface FlinksBank {
  /** As `/Authorize` names it. */
  readonly name: string | null;
  readonly number: number | null;
}

/** The members that answers of sessions share. */
export interface FlinksSessionBody {
  readonly requestId: string | null;
  readonly login: FlinksLogin | null;
  readonly bank: FlinksBank;
  readonly challenges: readonly FlinksChallenge[];
}

/** The two data calls that fill a card; a refresh may be limited to one. */
const DATA_GROUPS = ['AccountsSummary', 'AccountsDetail'] as const;
export type DataGroup = (typeof DATA_GROUPS)[number];

export function dataGroup(word: string): DataGroup | undefined {
  return DATA_GROUPS.find((group) => group === word);
}
