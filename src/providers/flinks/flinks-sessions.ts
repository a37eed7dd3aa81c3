import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { Ids } from '../../platform/ids/ids.js';
import { Clock } from '../../platform/time/clock.js';
import type { FlinksAnswer } from './flinks.client.js';
import { codedFailure, flinksFailure, nonsense } from './flinks.errors.js';
import { observeAuthorize, type Moment, type Observed } from './flinks.transform.js';
import type { DataGroup } from './flinks.types.js';
import { FlinksAuthorizer, type Authorized } from './flinks-authorizer.js';
import type { FlinksCredentialId } from './flinks-credential-id.js';
import { FlinksDataCalls } from './flinks-data.js';
import { observeCached, observeData } from './flinks-readings.js';
import type { FlinksSession } from './flinks-session.js';

type LoginId = Extract<FlinksCredentialId, { kind: 'login' }>;

/** What is wanted of a live login. */
export interface Wish {
  readonly attended: boolean;
  readonly group: DataGroup;
}

/** Brings answers of Flinks and what is known of a credential together. */
@Injectable()
export class FlinksSessions {
  constructor(
    private readonly authorizer: FlinksAuthorizer,
    private readonly data: FlinksDataCalls,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** A login with what Flinks has stored. Failures: `credential.busy` while another one runs. */
  async live(subject: LoginId, wish: Wish, call: CallContext): Promise<Observed> {
    const authorized = await this.authorizer.live(subject.loginId, call);
    if (!authorized.ok) return authorized;
    const { answer } = authorized.value;
    if (BUSY.has(answer.word)) return fail(this.busy(answer));
    const known = await this.isKnown(answer, subject, call);
    if (!known.ok) return known;
    return this.observe(authorized.value, { ...wish, subject, institution: subject.institution, givesLogin: false });
  }

  /** What an answer to a live login says. */
  observe(
    { answer, token }: Authorized,
    { attended, group, ...rest }: Wish & Pick<Moment, 'subject' | 'institution' | 'givesLogin'>,
  ): Observed {
    const session = { requestId: null, token, async: false, attended, group };
    return observeAuthorize(answer, { ...rest, session, ...this.here() });
  }

  /** What an answer within a session says. */
  observeIn(answer: FlinksAnswer, session: FlinksSession, subject: FlinksCredentialId): Observed {
    const { institution } = subject;
    return observeAuthorize(answer, { subject, institution, session, givesLogin: false, ...this.here() });
  }

  /** How the work of a session is going. */
  async follow(session: FlinksSession, subject: FlinksCredentialId, call: CallContext): Promise<Observed> {
    if (session.step === 'authorize') {
      const answer = await this.authorizer.poll(session, call);
      return answer.ok ? this.observeIn(answer.value, session, subject) : answer;
    }
    const answer = await this.ask(session, call);
    if (!answer.ok) return answer;
    // A session that is over says nothing of the credential; what was stored does.
    const over = answer.value.word === 'SESSION_NONEXISTENT';
    if (over && subject.kind === 'login') return this.cached(subject, call);
    return observeData(answer.value, session, { subject, institution: subject.institution, ...this.here() });
  }

  /** Failures: `credential.not_found`. */
  async cached(subject: LoginId, call: CallContext): Promise<Observed> {
    const answer = await this.storedAnswer(subject, call);
    return answer.ok ? this.observeStored(answer.value, subject) : answer;
  }

  /**
   * A RequestId to read what Flinks has stored. Failures: `credential.not_found`; with an observation where the last
   * attempt at the bank failed, because then Flinks opens no session.
   */
  async openStored(subject: LoginId, call: CallContext): Promise<Result<string, ProviderFailure>> {
    const stored = await this.storedAnswer(subject, call);
    if (!stored.ok) return stored;
    const { kind, word, http, session } = stored.value;
    if (kind === 'done') return session.requestId === null ? fail(nonsense(http, false)) : ok(session.requestId);
    const observed = this.observeStored(stored.value, subject);
    if (!observed.ok) return observed;
    const code = kind === 'challenge' ? 'credential.not_refreshable' : undefined;
    return fail({ ...codedFailure(http, word, false, this.clock.now(), code), observation: observed.value });
  }

  private async storedAnswer(subject: LoginId, call: CallContext): Promise<Result<FlinksAnswer, ProviderFailure>> {
    const authorized = await this.authorizer.cached(subject.loginId, call);
    if (!authorized.ok) return authorized;
    const { answer, token } = authorized.value;
    if (answer.word === 'UNAUTHORIZED' && token === null) return fail(flinksFailure('provider.misconfigured'));
    const known = await this.isKnown(answer, subject, call);
    return known.ok ? ok(answer) : known;
  }

  private observeStored(answer: FlinksAnswer, subject: LoginId): Observed {
    return observeCached(answer, { subject, institution: subject.institution, ...this.here() });
  }

  private async isKnown(
    answer: FlinksAnswer,
    { loginId }: LoginId,
    call: CallContext,
  ): Promise<Result<true, ProviderFailure>> {
    if (answer.word !== 'INVALID_LOGIN') return ok(true);
    const known = await this.authorizer.knows(loginId, call);
    if (!known.ok) return known;
    return known.value === false ? fail(flinksFailure('credential.not_found')) : ok(true);
  }

  private async ask(session: FlinksSession, call: CallContext): Promise<Result<FlinksAnswer, ProviderFailure>> {
    const endpoint = `Get${session.group}` as const;
    return session.step === 'poll'
      ? this.data.poll(endpoint, session.requestId, call)
      : this.data.start(endpoint, { RequestId: session.requestId, ...YEAR[session.group] }, call);
  }

  private busy({ http, word }: FlinksAnswer): ProviderFailure {
    const retryAt = new Date(this.clock.now().getTime() + BUSY_MS);
    return flinksFailure('credential.busy', {
      retryAt,
      evidence: { httpStatus: http.status, providerErrorCode: word },
    });
  }

  private here(): Pick<Moment, 'now' | 'spareGuid'> {
    return { now: this.clock.now(), spareGuid: this.ids.next() };
  }
}

/** What a live session did not fetch is not there for cached ones, so it fetches all that there is. */
const YEAR: Readonly<Record<DataGroup, object>> = {
  AccountsSummary: {},
  AccountsDetail: { DaysOfTransactions: 'Days365' },
};
const BUSY: ReadonlySet<string> = new Set(['CONCURRENT_SESSION', 'CARD_IN_USE']);
/** Flinks tells no time; a data load usually takes less than this. Milliseconds. */
export const BUSY_MS = 60_000;
