import type { LinkError } from '../bank/test-bank.js';

/** Plain data. Times are epoch milliseconds. */
export interface Session {
  readonly id: string;
  /** Part of its address; unguessable. */
  readonly key: string;
  readonly redirectUrl: string;
  /** Entity ids to choose from. */
  readonly choice: readonly string[];
  readonly bank: string | null;
  readonly externalId: string | null;
  /** The simulator's own name of existing credentials. */
  readonly repairs: string | null;
  readonly createdAt: number;
  readonly progress: 'login' | 'challenge' | 'ended';
  readonly end: SessionEnd | null;
}

export interface SessionEnd {
  /** Until then it is still being processed. */
  readonly at: number;
  readonly after: 'login' | 'challenge';
  /** `null` = it went well. */
  readonly errorCode: string | null;
  /** `credentials_token` when it went well. */
  readonly connectionId: string | null;
}

const STEPS = { login: 'ProvideCredentials', challenge: 'Challenge' } as const;

const CODES: Readonly<Partial<Record<LinkError, string>>> = {
  INVALID_CREDENTIALS: 'InvalidCredentials',
  INVALID_SCA: 'InvalidChallengeResponse',
  SCA_TYPE_NOT_ALLOWED: 'UnsupportedChallengeMethod',
  USER_INTERACTION_NEEDED: 'UserInteractionNeeded',
};

/** The session's word for an error of Link. */
export function sessionCode(code: LinkError, duplicateCode: string): string {
  return code === 'CREDENTIALS_ALREADY_EXIST' ? duplicateCode : (CODES[code] ?? 'InternalError');
}

export interface SessionView {
  readonly session_id: string;
  readonly status: string;
  readonly connection_id: string | null;
  readonly error_code: string | null;
}

export function viewOf({ id, progress, end }: Session, now: number): SessionView {
  const open = { session_id: id, connection_id: null, error_code: null };
  if (end === null) return { ...open, status: `Waiting:${STEPS[progress === 'challenge' ? 'challenge' : 'login']}` };
  if (now < end.at) return { ...open, status: `Processing:${STEPS[end.after]}` };
  const status = end.errorCode === null ? 'Finished:OK' : 'Finished:Error';
  return { session_id: id, status, connection_id: end.connectionId, error_code: end.errorCode };
}
