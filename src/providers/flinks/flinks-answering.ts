import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { Challenge } from '../../credentials/challenge.js';
import type { CredentialRef } from '../../credentials/credential-ref.js';
import type { ProviderFailureCode } from '../../credentials/failure.js';
import { fail } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Clock } from '../../platform/time/clock.js';
import { codedFailure, flinksFailure } from './flinks.errors.js';
import type { Observed } from './flinks.transform.js';
import { toResponses } from './flinks-answers.js';
import { FlinksAuthorizer } from './flinks-authorizer.js';
import { credentialIdOf } from './flinks-credential-id.js';
import { sessionOf } from './flinks-session.js';
import { FlinksSessions } from './flinks-sessions.js';

/** One round of a 203 dialogue: answers out, an end or the next question back. */
@Injectable()
export class FlinksAnswering {
  constructor(
    private readonly authorizer: FlinksAuthorizer,
    private readonly sessions: FlinksSessions,
    private readonly clock: Clock,
  ) {}

  async submit(
    ref: CredentialRef,
    challenge: Challenge,
    answers: ReadonlyMap<string, SecretValue>,
    call: CallContext,
  ): Promise<Observed> {
    const subject = credentialIdOf(ref);
    if (!subject) return fail(flinksFailure('credential.not_found'));
    const session = sessionOf(ref.sessionRef);
    const responses = toResponses(challenge, answers, session?.phonePrompts ?? [], this.clock.now());
    if (!responses.ok) return responses;
    if (session?.step !== 'answer') return fail(flinksFailure('challenge.none'));
    const answer = await this.authorizer.answer(session, responses.value, call);
    if (!answer.ok) return answer;
    const { word, http } = answer.value;
    const code = ABOUT_THE_ANSWER.get(word);
    if (code === undefined) return this.sessions.observeIn(answer.value, session, subject);
    const failure = codedFailure(http, word, true, this.clock.now(), code);
    return fail(code === 'credential.invalid_input' ? { ...failure, pointer: '/fields' } : failure);
  }
}

/** Codes that leave the credential as it is. After the first two of them the dialogue is still open. */
const ABOUT_THE_ANSWER: ReadonlyMap<string, ProviderFailureCode> = new Map([
  ['UNKNOWN_CHALLENGE_KEY', 'challenge.unknown_field'],
  ['SECURITYRESPONSES_INCOMPLETE', 'credential.invalid_input'],
  ['SESSION_NONEXISTENT', 'challenge.none'],
  ['ALREADY_AUTHORIZED', 'challenge.none'],
  ['SESSION_EXPIRED', 'challenge.expired'],
]);
