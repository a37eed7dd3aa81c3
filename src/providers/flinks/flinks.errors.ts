import type { ProviderFailure, ProviderFailureCode } from '../../credentials/failure.js';
import { fail, type Result } from '../../credentials/result.js';
import { TRANSPORT_FAILURES } from '../../credentials/transport-failures.js';
import type { StopReason } from '../../platform/http/deadline.js';
import { parsed } from '../../platform/http/json-shape.js';
import { bodyJson, type OutgoingAnswer, type OutgoingFault } from '../../platform/http/outgoing-outcome.js';
import { mayHaveActed } from '../../platform/http/outgoing-refusal.js';
import { askedRetryAt } from '../../platform/http/retry-after.js';
import { readHead } from './flinks.bodies.js';
import { knownCode } from './flinks.types.js';
import { MEANINGS, UNKNOWN_CODE, type Meaning } from './flinks-meanings.js';

/** What a status means where the body has no FlinksCode: a proxy or an outage, not Flinks' own word. */
const BY_STATUS: Readonly<Partial<Record<number, ProviderFailureCode>>> = {
  401: 'provider.misconfigured',
  403: 'provider.misconfigured',
  408: 'provider.unavailable',
  429: 'provider.rate_limited',
};

const MESSAGES: Readonly<Record<ProviderFailureCode, string>> = {
  'credential.not_found': 'Flinks does not have this credential.',
  'credential.duplicate': 'This login is connected at Flinks already.',
  'credential.invalid_login': 'The bank refuses this login.',
  'credential.invalid_input': 'Flinks does not accept this input.',
  'credential.not_refreshable': 'Flinks has no stored login for this credential. Give the login again.',
  'credential.busy': 'Flinks is working on this credential.',
  'challenge.none': 'Nothing is being asked of the user.',
  'challenge.expired': 'The time to answer is over.',
  'challenge.unknown_field': 'The open question has no such field.',
  'institution.unknown': 'Flinks does not know this bank.',
  'statement.not_found': 'There is no such statement.',
  'provider_user.not_found': 'Flinks keeps no users.',
  'provider_user.duplicate': 'Flinks keeps no users.',
  'authorization.invalid_code': 'Flinks has no codes.',
  'authorization.invalid_scope': 'Flinks has no scopes.',
  capability_unsupported: 'Flinks cannot do this.',
  'provider.unavailable': 'Flinks or the bank cannot be reached or has trouble.',
  'provider.timeout': 'Flinks did not answer in time.',
  'provider.aborted': 'The call was given up.',
  'provider.rate_limited': 'Flinks asks for fewer calls.',
  'provider.bad_response': 'Flinks gave an answer that makes no sense.',
  'provider.misconfigured':
    'Flinks refuses this installation: check its customer id, secret key, API key and features.',
  'provider.disabled': 'An operator switched Flinks off here.',
};

/** A failure that we decide on, without an answer that says so. */
export function flinksFailure(code: ProviderFailureCode, more: Partial<ProviderFailure> = {}): ProviderFailure {
  return { code, message: MESSAGES[code], mayHaveHappened: false, ...more };
}

/** @param word a FlinksCode, known or not. */
export function meaningOf(word: string): Meaning {
  const code = knownCode(word);
  return code ? MEANINGS[code] : UNKNOWN_CODE;
}

/** An error that Flinks itself explains. @param code where the caller knows better than `meaningOf`. */
export function codedFailure(
  answer: OutgoingAnswer,
  word: string,
  changes: boolean,
  now: Date,
  code: ProviderFailureCode = meaningOf(word).failure,
): ProviderFailure {
  return withFacts(answer, changes, now, code);
}

/** An error without a word of Flinks: the HTTP status is all there is. */
export function statusFailure(answer: OutgoingAnswer, changes: boolean, now: Date): ProviderFailure {
  const { status } = answer;
  const code = BY_STATUS[status] ?? (status >= 500 ? 'provider.unavailable' : 'provider.bad_response');
  return withFacts(answer, changes, now, code);
}

function withFacts(answer: OutgoingAnswer, changes: boolean, now: Date, code: ProviderFailureCode): ProviderFailure {
  const { status } = answer;
  const retryAt = status === 503 || code === 'provider.rate_limited' ? askedRetryAt(answer, now) : undefined;
  return flinksFailure(code, {
    mayHaveHappened: changes && mayHaveActed(status),
    evidence: evidenceOf(answer),
    ...(retryAt && { retryAt }),
  });
}

/** A success whose body is nonsense: what was asked for probably happened. */
export function nonsense(answer: OutgoingAnswer, changes: boolean): ProviderFailure {
  return flinksFailure('provider.bad_response', { mayHaveHappened: changes, evidence: evidenceOf(answer) });
}

export function faultFailure(outcome: OutgoingFault, changes: boolean): ProviderFailure {
  const { fault, mayHaveReached, retryAt } = outcome;
  return flinksFailure(TRANSPORT_FAILURES[fault], {
    mayHaveHappened: changes && mayHaveReached,
    evidence: { fault },
    ...(retryAt && { retryAt }),
  });
}

/** For a caller who gives up while others still wait for the same work. */
export function givenUp(reason: StopReason): Result<never, ProviderFailure> {
  return fail(flinksFailure(TRANSPORT_FAILURES[reason]));
}

const HARMLESS = /^[A-Z][A-Z0-9_]{1,63}$/;

/** A FlinksCode for a log line or a status: anything that does not look like one could hold what the user typed. */
export function harmlessWord(word: string): string {
  return HARMLESS.test(word) ? word : 'UNREADABLE_CODE';
}

/** Only the code: `Message` is a free text, and the RequestId opens data. */
function evidenceOf(answer: OutgoingAnswer): Readonly<Record<string, string | number>> {
  const word = parsed(bodyJson(answer), readHead)?.flinksCode ?? null;
  return { httpStatus: answer.status, ...(word !== null && { providerErrorCode: harmlessWord(word) }) };
}
