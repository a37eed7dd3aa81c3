import type { LinkOutcome } from '../../credentials/link-flow.js';
import type { Cause } from '../../credentials/observation.js';

/** The words of the hosted Link, and of Connect sessions. */
const CAUSES: ReadonlyMap<string, Cause> = new Map([
  ['INVALID_CREDENTIALS', 'wrong_credentials'],
  ['INVALID_SCA', 'challenge_failed'],
  ['ABORTED_BY_USER', 'user_cancelled'],
  ['INTERNAL_ERROR', 'provider_unavailable'],
  ['SCA_TYPE_NOT_ALLOWED', 'unsupported_method'],
  ['USER_INTERACTION_NEEDED', 'act_at_bank'],
  ['InvalidCredentials', 'wrong_credentials'],
  ['InvalidChallengeResponse', 'challenge_failed'],
  ['UnsupportedChallengeMethod', 'unsupported_method'],
  ['UserInteractionNeeded', 'act_at_bank'],
  ['InternalError', 'provider_unavailable'],
]);

/** `CREDENTIALS_ALREADY_EXIST`; what a session says of a duplicate is not documented. */
const DUPLICATE = /already_?exist|duplicate/i;
const HARMLESS = /^[A-Za-z_]{1,40}$/;

export interface Ending {
  readonly outcome: LinkOutcome;
  /** A word that we do not know and that may be counted. */
  readonly unknownWord?: string;
}

/** @param word from the browser, so anybody's text: only what has the form of a word is handed on. */
export function endingOf(word: string): Ending {
  const cause = CAUSES.get(word);
  if (cause) return { outcome: { kind: 'ended', cause, providerReason: word } };
  if (!HARMLESS.test(word)) return { outcome: { kind: 'ended', cause: 'unknown', providerReason: 'UNKNOWN' } };
  if (DUPLICATE.test(word)) return { outcome: { kind: 'duplicate' } };
  return { outcome: { kind: 'ended', cause: 'unknown', providerReason: word }, unknownWord: word };
}
