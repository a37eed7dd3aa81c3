import type { Challenge } from '../../credentials/challenge.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import type { Observation } from '../../credentials/observation.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import type { FlinksAnswer } from './flinks.client.js';
import { codedFailure, flinksFailure, meaningOf, nonsense } from './flinks.errors.js';
import { asksForSetup, phonePrompts, toFields } from './flinks-challenge.js';
import { credentialIdText, type FlinksCredentialId } from './flinks-credential-id.js';
import type { Reading } from './flinks-meanings.js';
import { sessionText, type FlinksSession, type SessionStep } from './flinks-session.js';

/** A RequestId that waits for answers dies after this time without a call, in milliseconds. */
const DIALOGUE_MS = 8 * 60_000;

/** Flinks has no FlinksCode for an open question; this is the word of its own status list. */
export const ASKING = 'AnsweringSecurityChallenge';

export type Observed = Result<Observation, ProviderFailure>;

/** What is known before the answer. */
export interface Moment {
  /** The credential that the call is about; `null` while one is being created. */
  readonly subject: FlinksCredentialId | null;
  readonly institution: string;
  readonly session: Omit<FlinksSession, 'requestId' | 'step' | 'phonePrompts'> & { readonly requestId: string | null };
  /** The call brought a login. When it fails for a passing reason, Flinks has not kept that login. */
  readonly givesLogin: boolean;
  readonly now: Date;
  /** Stands in for a RequestId in the id of a creation that failed without one. */
  readonly spareGuid: string;
}

/** What a live `/Authorize` or `/AuthorizeAsync` makes of a credential. */
export function observeAuthorize(answer: FlinksAnswer, moment: Moment): Observed {
  const requestId = answer.session.requestId ?? moment.session.requestId;
  if (answer.kind === 'refused') return observeRefusal(answer, requestId, moment);
  if (requestId === null) return fail(nonsense(answer.http, true));
  if (answer.kind === 'challenge') return observeChallenge(answer, requestId, moment);
  const id = idAfter(answer, requestId, moment);
  if (answer.kind === 'working') {
    const background = { ...moment, session: { ...moment.session, async: true } };
    return ok({
      ...{ state: 'authenticating', cause: 'none', providerStatus: answer.word, providerStatusAt: null },
      ...id,
      sessionRef: sessionAt('authorize', requestId, background),
    });
  }
  const cause = moment.subject?.kind === 'login' ? 'none' : 'first_load';
  return ok({
    ...{ state: 'syncing', cause, providerStatus: 'ACCEPTED', providerStatusAt: null },
    ...id,
    sessionRef: sessionAt('start', requestId, moment),
  });
}

function observeChallenge(answer: FlinksAnswer, requestId: string, moment: Moment): Observed {
  const { challenges } = answer.session;
  if (challenges.length === 0) return fail(nonsense(answer.http, true));
  if (asksForSetup(challenges)) {
    return ok(settled(ASKING, { state: 'blocked', cause: 'act_at_bank' }, requestId, moment, 'NEW_ACCOUNT'));
  }
  // Nobody is there: the dialogue is left to die, no further call is needed for that.
  if (!moment.session.attended) {
    return ok(settled(ASKING, { state: 'reauth_required', cause: 'sca_required' }, requestId, moment));
  }
  return ok(awaiting(answer, requestId, moment));
}

function awaiting(answer: FlinksAnswer, requestId: string, moment: Moment): Observation {
  const { challenges } = answer.session;
  const expiresAt = new Date(moment.now.getTime() + DIALOGUE_MS);
  const challenge: Challenge = { kind: 'submit_information', fields: toFields(challenges), expiresAt };
  return {
    ...{ state: 'awaiting_user', cause: 'user_interaction', providerStatus: ASKING, providerStatusAt: null },
    ...idAfter(answer, requestId, moment),
    challenge,
    sessionRef: sessionAt('answer', requestId, moment, phonePrompts(challenges)),
  };
}

function observeRefusal(answer: FlinksAnswer, requestId: string | null, moment: Moment): Observed {
  const { word, http, session } = answer;
  const { reading, failure } = meaningOf(word);
  const again = failure === 'challenge.none' && session.challenges.length > 0 && moment.session.attended;
  if (again && requestId !== null) return ok(awaiting(answer, requestId, moment));
  // Without a token of ours Flinks may mean us, not the user's bank.
  const meansUs = word === 'UNAUTHORIZED' && moment.session.token === null;
  const passing = reading?.state !== 'blocked' && reading?.state !== 'reauth_required';
  if (reading === null || meansUs || (moment.givesLogin && passing)) {
    return fail(meansUs ? flinksFailure('provider.misconfigured') : codedFailure(http, word, true, moment.now));
  }
  return ok(settled(word, reading, requestId, moment));
}

/** An end without success. Where Flinks kept no login, nothing but a new one helps, whatever the reason. */
export function settled(
  word: string,
  reading: Reading,
  requestId: string | null,
  moment: Pick<Moment, 'subject' | 'institution' | 'spareGuid'>,
  wordToKeep = word,
): Observation {
  const { subject, institution } = moment;
  const said = { providerStatus: word, providerStatusAt: null };
  if (subject?.kind === 'login') return { ...reading, ...said };
  const guid = requestId ?? moment.spareGuid;
  const credentialId = credentialIdText({ kind: 'refused', guid, institution, word: wordToKeep });
  return { state: 'blocked', cause: reading.cause, ...said, credentialId };
}

function sessionAt(
  step: SessionStep,
  requestId: string,
  { session }: Pick<Moment, 'session'>,
  prompts: readonly string[] = [],
): SecretValue {
  return sessionText({ ...session, requestId, step, phonePrompts: prompts });
}

/** The real id as soon as an answer has it, a provisional one until then; nothing when the subject has it already. */
export function idAfter(
  { session: { login, bank } }: Pick<FlinksAnswer, 'session'>,
  requestId: string,
  { subject, institution }: Pick<Moment, 'subject' | 'institution'>,
): { readonly credentialId?: SecretValue } {
  if (subject?.kind === 'login' && (login === null || login.id === subject.loginId)) return {};
  if (login) {
    return {
      credentialId: credentialIdText({
        kind: 'login',
        loginId: login.id,
        institution: bank.name ?? institution,
      }),
    };
  }
  if (subject?.kind === 'request') return {};
  return { credentialId: credentialIdText({ kind: 'request', guid: requestId, institution }) };
}
