import type { CredentialRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import type { Observation } from '../../credentials/observation.js';
import { fail, ok } from '../../credentials/result.js';
import type { FlinksAnswer } from './flinks.client.js';
import { codedFailure, meaningOf, nonsense } from './flinks.errors.js';
import { ASKING, idAfter, settled, type Moment, type Observed } from './flinks.transform.js';
import type { FlinksCredentialId, ProvisionalId } from './flinks-credential-id.js';
import { sessionText, type FlinksSession } from './flinks-session.js';

type Known = Pick<Moment, 'institution' | 'now' | 'spareGuid'> & { readonly subject: FlinksCredentialId };

/** A cached `/Authorize`: the data of the last success, or the error of the last attempt. */
export function observeCached(answer: FlinksAnswer, { now, subject, ...rest }: Known): Observed {
  const { word, http, session } = answer;
  if (answer.kind === 'working') return ok({ state: 'syncing', cause: 'none', ...said(word) });
  if (answer.kind === 'challenge') return ok({ state: 'reauth_required', cause: 'sca_required', ...said(ASKING) });
  if (answer.kind === 'done') {
    const at = session.login?.lastRefresh ?? null;
    return ok(at ? loaded(word, at) : { state: 'pending', cause: 'first_load', ...said(word) });
  }
  const { reading } = meaningOf(word);
  if (reading === null) return fail(codedFailure(http, word, false, now));
  return ok(settled(word, reading, null, { subject, ...rest }));
}

/** The answer of a data call, first or polled. Flinks has the new data when it has answered with 200. */
export function observeData(answer: FlinksAnswer, session: FlinksSession, known: Known): Observed {
  const { word, http } = answer;
  const { requestId } = session;
  if (answer.kind === 'working') {
    const sessionRef = sessionText({ ...session, step: 'poll' });
    return ok({ state: 'syncing', cause: causeOf(known.subject), ...said(word), sessionRef });
  }
  if (answer.kind === 'challenge') return fail(nonsense(http, false));
  const { login } = answer.session;
  if (answer.kind === 'done') {
    if (!login && known.subject.kind !== 'login') return fail(nonsense(http, false));
    return ok({ ...loaded(word, login?.lastRefresh ?? null), ...idAfter(answer, requestId, known) });
  }
  const { reading } = meaningOf(word);
  // The session was authorised before, so this is about our key.
  if (reading === null || word === 'UNAUTHORIZED') {
    return fail(codedFailure(http, word, false, known.now));
  }
  return ok(settled(word, reading, requestId, known));
}

/** What a refused data call of a stored card means, with what it says of the card. */
export function refusedData({ word, http }: FlinksAnswer, now: Date): ProviderFailure {
  const failure = codedFailure(http, word, false, now);
  const { reading } = meaningOf(word);
  // The session was authorised before, so UNAUTHORIZED is about our key; one that is over says nothing of the card.
  const telling = reading !== null && reading.state !== 'active' && !ABOUT_THE_CALL.has(word);
  return telling ? { ...failure, observation: { ...reading, ...said(word) } } : failure;
}

const ABOUT_THE_CALL: ReadonlySet<string> = new Set(['UNAUTHORIZED', 'SESSION_NONEXISTENT', 'SESSION_EXPIRED']);

/** The open question as it was: Flinks shows one only once, so there is nothing to ask. */
export function observeOpen(
  { challenge, sessionRef }: CredentialRef,
  subject: FlinksCredentialId,
  now: Date,
): Observation {
  if (challenge && (!challenge.expiresAt || challenge.expiresAt > now)) {
    return {
      ...{ state: 'awaiting_user', cause: 'user_interaction', ...said(ASKING) },
      challenge,
      ...(sessionRef && { sessionRef }),
    };
  }
  return expired(subject);
}

/** What is known of a creation without a session: how it ended. */
export function observeProvisional(id: ProvisionalId): Observation {
  if (id.kind === 'request') return expired(id);
  const cause = meaningOf(id.word).reading?.cause ?? 'unknown';
  return { state: 'blocked', cause, ...said(id.word) };
}

function expired(subject: FlinksCredentialId): Observation {
  const state = subject.kind === 'login' ? 'reauth_required' : 'blocked';
  return { state, cause: 'challenge_expired', ...said('SESSION_EXPIRED') };
}

function loaded(word: string, at: Date | null): Observation {
  return { state: 'active', cause: 'none', providerStatus: word, providerStatusAt: at, ...(at && { dataAsOf: at }) };
}

function causeOf(subject: FlinksCredentialId): 'none' | 'first_load' {
  return subject.kind === 'login' ? 'none' : 'first_load';
}

function said(word: string): Pick<Observation, 'providerStatus' | 'providerStatusAt'> {
  return { providerStatus: word, providerStatusAt: null };
}
