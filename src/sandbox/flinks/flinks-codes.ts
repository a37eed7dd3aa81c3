/** The vendor's codes with the status that the newer pages give, and a text that no client may rely on. */
const TABLE = {
  OPERATION_PENDING: [202, 'Your operation is still processing.'],
  OPERATION_DISPATCHED: [202, 'Your operation was dispatched and continues in the background.'],
  SESSION_NONEXISTENT: [400, 'No session exists for this RequestId.'],
  CARD_IN_USE: [400, 'An operation on this card is still being processed.'],
  INVALID_LOGIN: [401, 'The login is invalid.'],
  INVALID_REQUEST: [401, 'The request is invalid.'],
  ACCESS_DENIED: [401, 'Authentication was unsuccessful.'],
  UNAUTHORIZED: [401, 'The call is not authorized.'],
  INVALID_USERNAME: [401, 'The username is not valid.'],
  INVALID_PASSWORD: [401, 'The password is not valid.'],
  INVALID_SECURITY_RESPONSE: [401, 'The security response is not valid.'],
  INVALID_SECURITY_RESPONSE_NO_RETRY: [401, 'The security response is not valid and cannot be given again.'],
  QUESTION_NOT_FOUND: [401, 'A security question has no stored answer.'],
  UNKNOWN_CHALLENGE_KEY: [401, 'A security response answers a prompt that was not asked.'],
  SECURITYRESPONSES_INCOMPLETE: [401, 'Not all security challenges are answered.'],
  RETRY_LATER: [401, 'The institution cannot be reached. Try again later.'],
  TOO_MANY_REQUESTS: [401, 'Too many requests.'],
  DISABLED_LOGIN: [401, 'The institution disabled this login.'],
  NEW_ACCOUNT: [401, 'The user must finish a step in online banking.'],
  SESSION_EXPIRED: [401, 'The session expired.'],
  CONCURRENT_SESSION: [401, 'Another session is open on this login.'],
  ALREADY_AUTHORIZED: [401, 'This RequestId is already authorized.'],
  NO_TRANSACTION: [401, 'There are no transactions.'],
  BANK_MAINTENANCE_RETRY_LATER: [401, 'The institution is in maintenance.'],
  DISABLED_INSTITUTION: [405, 'The institution is disabled.'],
  AGGREGATION_ERROR: [500, 'The aggregation failed.'],
  METHOD_NOT_AVAILABLE: [501, 'The method is not available on this instance.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type FlinksCode = keyof typeof TABLE;

export const FLINKS_CODES: readonly FlinksCode[] = Object.keys(TABLE).filter(isCode);

/** After these a card stays in the nightly run. */
export const TRANSIENT_CODES: readonly FlinksCode[] = [
  ...(['RETRY_LATER', 'AGGREGATION_ERROR', 'SESSION_EXPIRED', 'DISABLED_INSTITUTION'] as const),
  ...(['UNAUTHORIZED', 'SESSION_NONEXISTENT', 'BANK_MAINTENANCE_RETRY_LATER'] as const),
];

/** What the sources disagree on. */
export interface StatusDialect {
  /** `INVALID_LOGIN` and `INVALID_REQUEST` are 401 on newer pages and 400 on older ones. */
  readonly generation: 'new' | 'old';
  readonly throttledStatus: 401 | 403 | 429;
}

export function statusOf(code: FlinksCode, { generation, throttledStatus }: StatusDialect): number {
  if (code === 'TOO_MANY_REQUESTS') return throttledStatus;
  if (generation === 'old' && (code === 'INVALID_LOGIN' || code === 'INVALID_REQUEST')) return 400;
  return TABLE[code][0];
}

export const messageOf = (code: FlinksCode): string => TABLE[code][1];

export function isCode(word: string): word is FlinksCode {
  return Object.hasOwn(TABLE, word);
}
