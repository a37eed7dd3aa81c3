import type { ProviderFailure, ProviderFailureCode } from '../../credentials/failure.js';
import { fail, type Result } from '../../credentials/result.js';
import { TRANSPORT_FAILURES } from '../../credentials/transport-failures.js';
import type { StopReason } from '../../platform/http/deadline.js';
import type { OutgoingAnswer, OutgoingFault } from '../../platform/http/outgoing-outcome.js';
import { mayHaveActed } from '../../platform/http/outgoing-refusal.js';
import { askedRetryAt } from '../../platform/http/retry-after.js';
import { readRefusal, type FlanksTrouble } from './flanks-refusals.js';
import { observationOf } from './flanks.transform.js';

/** What a trouble means for one operation, where it differs from `USUAL`. */
export type Refusals = Readonly<Partial<Record<FlanksTrouble, ProviderFailureCode>>>;

const USUAL: Readonly<Record<FlanksTrouble, ProviderFailureCode>> = {
  unauthenticated: 'provider.misconfigured',
  access_denied: 'provider.misconfigured',
  unknown_element: 'credential.not_found',
  // Our own requests never depend on a user's input, so this is a misunderstanding between Flanks and us.
  invalid_input: 'provider.bad_response',
  duplicate: 'credential.duplicate',
  processing: 'credential.busy',
  delayed: 'credential.busy',
  incomplete: 'provider.unavailable',
  bank_trouble: 'provider.unavailable',
  wrong_login: 'credential.invalid_login',
  sca_required: 'credential.not_refreshable',
  rate_limited: 'provider.rate_limited',
  server_trouble: 'provider.unavailable',
  nonsense: 'provider.bad_response',
};

const MESSAGES: Readonly<Record<ProviderFailureCode, string>> = {
  'credential.not_found': 'Flanks does not have this credential.',
  'credential.duplicate': 'This login is connected at Flanks already.',
  'credential.invalid_login': 'The bank refuses this login.',
  'credential.invalid_input': 'Flanks does not accept this input.',
  'credential.not_refreshable': 'The credential needs its user before Flanks can use it.',
  'credential.busy': 'Flanks is still working on this credential.',
  'challenge.none': 'Nothing is being asked of the user.',
  'challenge.expired': 'The time to answer is over.',
  'challenge.unknown_field': 'The open question has no such field.',
  'institution.unknown': 'Flanks does not know this bank.',
  'statement.not_found': 'There is no such statement.',
  'provider_user.not_found': 'Flanks does not have this user.',
  'provider_user.duplicate': 'Flanks has this user already.',
  'authorization.invalid_code': 'Flanks does not accept this code for this visit.',
  'authorization.invalid_scope': 'Flanks does not grant this scope.',
  capability_unsupported: 'Flanks cannot do this.',
  'provider.unavailable': 'Flanks cannot be reached or has trouble.',
  'provider.timeout': 'Flanks did not answer in time.',
  'provider.aborted': 'The call was given up.',
  'provider.rate_limited': 'Flanks asks for fewer calls.',
  'provider.bad_response': 'Flanks gave an answer that makes no sense.',
  'provider.misconfigured': 'Flanks refuses this installation: check its client, grant and Link.',
  'provider.disabled': 'An operator switched Flanks off here.',
};

export interface RefusalContext {
  readonly refusals: Refusals;
  /** Whether the call could have changed something at Flanks. */
  readonly changes: boolean;
  readonly now: Date;
}

/** A failure that we decide on, without an answer that says so. */
export function flanksFailure(code: ProviderFailureCode, more: Partial<ProviderFailure> = {}): ProviderFailure {
  return { code, message: MESSAGES[code], mayHaveHappened: false, ...more };
}

const UNSUPPORTED = {
  create: 'Flanks takes logins on its own page only. Begin a link session.',
  refresh: 'Flanks refreshes every day by itself, and after a link session that repairs the connection.',
  authenticate: 'Strong authentication happens on a page of Flanks. Begin a link session to renew.',
  qr: 'Flanks shows codes on its own page only. Begin a link session.',
  submitSupplementalInformation: 'Flanks asks the user on its own page only. Begin a link session.',
} as const;

/** What Flanks has no call for. */
export function unsupported(operation: keyof typeof UNSUPPORTED): ProviderFailure {
  return flanksFailure('capability_unsupported', { message: UNSUPPORTED[operation], instead: '/v1/link-sessions' });
}

/** @returns `null` for a success. */
export function refusal(answer: OutgoingAnswer, { refusals, changes, now }: RefusalContext): ProviderFailure | null {
  const { trouble, evidence } = readRefusal(answer);
  if (trouble === null) return null;
  const { status } = answer;
  const retryAt = status === 429 || status === 503 ? askedRetryAt(answer, now) : undefined;
  const observation = observationOf(trouble);
  return flanksFailure(refusals[trouble] ?? USUAL[trouble], {
    mayHaveHappened: changes && mayHaveActed(status),
    evidence,
    ...(retryAt && { retryAt }),
    ...(observation && { observation }),
  });
}

/** A success whose body is nonsense: what was asked for probably happened. */
export function nonsense(answer: OutgoingAnswer, changes: boolean): ProviderFailure {
  const { evidence } = readRefusal(answer);
  return flanksFailure('provider.bad_response', { mayHaveHappened: changes, evidence });
}

export function faultFailure(outcome: OutgoingFault, changes: boolean): ProviderFailure {
  const { fault, mayHaveReached, retryAt } = outcome;
  return flanksFailure(TRANSPORT_FAILURES[fault], {
    mayHaveHappened: changes && mayHaveReached,
    evidence: { fault },
    ...(retryAt && { retryAt }),
  });
}

/** For a caller who gives up while others still wait for the same work. */
export function givenUp(reason: StopReason): Result<never, ProviderFailure> {
  return fail(flanksFailure(TRANSPORT_FAILURES[reason]));
}
