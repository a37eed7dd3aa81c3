import type { ProviderFailure, ProviderFailureCode } from '../../credentials/failure.js';
import { fail, type Result } from '../../credentials/result.js';
import { TRANSPORT_FAILURES } from '../../credentials/transport-failures.js';
import type { StopReason } from '../../platform/http/deadline.js';
import { parsed } from '../../platform/http/json-shape.js';
import { bodyJson, type OutgoingAnswer, type OutgoingFault } from '../../platform/http/outgoing-outcome.js';
import { isPlainCode, mayHaveActed } from '../../platform/http/outgoing-refusal.js';
import { askedRetryAt } from '../../platform/http/retry-after.js';

/** What a status means for one operation, where it differs from `USUAL`. */
export type Refusals = Readonly<Partial<Record<number, ProviderFailureCode>>>;

/** Tink's error codes are not published (one is known), so the HTTP status decides. */
const USUAL: Refusals = {
  400: 'provider.bad_response',
  401: 'provider.misconfigured',
  403: 'provider.misconfigured',
  404: 'credential.not_found',
  408: 'provider.unavailable',
  409: 'credential.busy',
  412: 'credential.not_refreshable',
  429: 'provider.rate_limited',
  451: 'provider.misconfigured',
};

const MESSAGES: Readonly<Record<ProviderFailureCode, string>> = {
  'credential.not_found': 'Tink does not have this credential.',
  'credential.duplicate': 'This login is connected at Tink already.',
  'credential.invalid_login': 'The bank refuses this login.',
  'credential.invalid_input': 'Tink does not accept this input.',
  'credential.not_refreshable': 'Tink does not refresh this credential in its present state.',
  'credential.busy': 'Another request for this credential is running at Tink.',
  'challenge.none': 'Nothing is being asked of the user.',
  'challenge.expired': 'The time to answer is over.',
  'challenge.unknown_field': 'The open question has no such field.',
  'institution.unknown': 'Tink does not know this bank.',
  'statement.not_found': 'There is no such statement.',
  'provider_user.not_found': 'Tink does not have this user.',
  'provider_user.duplicate': 'Tink has this user already.',
  'authorization.invalid_code': 'Tink does not accept this code.',
  'authorization.invalid_scope': 'Tink does not grant this scope.',
  capability_unsupported: 'Tink cannot do this.',
  'provider.unavailable': 'Tink cannot be reached or has trouble.',
  'provider.timeout': 'Tink did not answer in time.',
  'provider.aborted': 'The call was given up.',
  'provider.rate_limited': 'Tink asks for fewer calls.',
  'provider.bad_response': 'Tink gave an answer that makes no sense.',
  'provider.misconfigured': 'Tink refuses this installation: check its client, scopes and features.',
  'provider.disabled': 'An operator switched Tink off here.',
};

export interface RefusalContext {
  readonly refusals: Refusals;
  /** Whether the call could have changed something at Tink. */
  readonly changes: boolean;
  readonly now: Date;
  /** Where in the caller's request the trouble is, if the failure is about input. */
  readonly pointer?: string;
}

/** A failure that we decide on, without an answer that says so. */
export function tinkFailure(code: ProviderFailureCode, more: Partial<ProviderFailure> = {}): ProviderFailure {
  return { code, message: MESSAGES[code], mayHaveHappened: false, ...more };
}

/** @param answer any status but a success. */
export function refusal(answer: OutgoingAnswer, { refusals, changes, now, pointer }: RefusalContext): ProviderFailure {
  const { status } = answer;
  const code = refusals[status] ?? USUAL[status] ?? (status >= 500 ? 'provider.unavailable' : 'provider.bad_response');
  const retryAt = status === 429 || status === 503 ? askedRetryAt(answer, now) : undefined;
  return tinkFailure(code, {
    mayHaveHappened: changes && mayHaveActed(status),
    evidence: evidenceOf(answer),
    ...(retryAt && { retryAt }),
    ...(pointer !== undefined && code === 'credential.invalid_input' && { pointer }),
  });
}

/** A success whose body is nonsense: what was asked for probably happened. */
export function nonsense(answer: OutgoingAnswer, changes: boolean): ProviderFailure {
  return tinkFailure('provider.bad_response', { mayHaveHappened: changes, evidence: evidenceOf(answer) });
}

export function faultFailure(outcome: OutgoingFault, changes: boolean): ProviderFailure {
  const { fault, mayHaveReached, retryAt } = outcome;
  return tinkFailure(TRANSPORT_FAILURES[fault], {
    mayHaveHappened: changes && mayHaveReached,
    evidence: { fault },
    ...(retryAt && { retryAt }),
  });
}

/** For a caller who gives up while others still wait for the same work. */
export function givenUp(reason: StopReason): Result<never, ProviderFailure> {
  return fail(tinkFailure(TRANSPORT_FAILURES[reason]));
}

/** Only short codes: a body or a free text could hold what the user typed. */
function evidenceOf(answer: OutgoingAnswer): Readonly<Record<string, string | number>> {
  const requestId = answer.headers.get('x-request-id') ?? '';
  const errorCode = parsed(bodyJson(answer), (body) => body.optionalText('errorCode')) ?? '';
  return {
    httpStatus: answer.status,
    ...(isPlainCode(requestId) && { providerRequestId: requestId }),
    ...(isPlainCode(errorCode) && { providerErrorCode: errorCode }),
  };
}
