import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import type { LinkOutcome, LinkReturn } from '../../credentials/link-flow.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { Opened } from '../../platform/crypto/opened.js';
import { Clock } from '../../platform/time/clock.js';
import { flanksFailure } from './flanks.errors.js';
import { endingOf } from './flanks-endings.js';
import { toSnapshot } from './flanks.transform.js';
import { FlanksLinkCodes, type Exchanged } from './flanks-link-codes.js';
import { FlanksLinks } from './flanks-links.js';
import { FlanksStatuses } from './flanks-statuses.js';
import { FlanksUserCredentials } from './flanks-user-credentials.js';
import { FlanksWire } from './flanks-wire.js';
import { handleOf, notesOf, type VisitNotes } from './flanks-link-handle.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;
type Uncertain = Extract<Exchanged, { kind: 'uncertain' }>;

/** Anybody may write the address that brings a code. */
const MAX_CODE = 512;
const SOON_MS = 30_000;

/** From a link code to a credential, whatever gets lost in between. */
@Injectable()
export class FlanksLinkReturns {
  constructor(
    private readonly codes: FlanksLinkCodes,
    private readonly links: FlanksLinks,
    private readonly statuses: FlanksStatuses,
    private readonly own: FlanksUserCredentials,
    private readonly wire: FlanksWire,
    private readonly clock: Clock,
  ) {}

  /** Failures: `authorization.invalid_code`, also when the code is of somebody else's visit. */
  async withCode(visit: LinkReturn, code: string, call: CallContext): Outcome<LinkOutcome> {
    if (code.length > MAX_CODE) return fail(flanksFailure('authorization.invalid_code'));
    const tried = await this.codes.exchange(code, call);
    if (!tried.ok) return tried;
    if (tried.value.kind === 'uncertain') return this.afterUnknownOutcome(visit, code, tried.value, call);
    return this.afterAnswer(visit, code, tried.value, call);
  }

  /** Flanks does not tell which credential a duplicate is of; if the user has one at this bank, it is that. */
  async withError(visit: LinkReturn, error: string, call: CallContext): Outcome<LinkOutcome> {
    const { outcome, unknownWord } = endingOf(error);
    if (unknownWord !== undefined) this.wire.reportUnknownWord('link error', unknownWord);
    if (outcome.kind !== 'duplicate') return ok(outcome);
    const known = await this.own.at(visit.user, notesOf(visit)?.bank, call);
    return ok(known ? { kind: 'duplicate', credentialId: new Opened(known.credentialsToken) } : outcome);
  }

  /** Goes on where the visit stopped, or looks for a code that never arrived. `null` = nothing there. */
  async resume(visit: LinkReturn, call: CallContext): Outcome<LinkOutcome | null> {
    const { code, uncertain, credentialsToken } = notesOf(visit) ?? {};
    if (credentialsToken !== undefined) return this.read(credentialsToken, call);
    if (code !== undefined) return this.resumeCode(visit, code, uncertain === true, call);
    const unused = await this.unused(visit, call);
    if (!unused.ok) return unused;
    const state = visit.state.reveal('to find the code of this visit');
    const found = unused.value.find((each) => each.state === state);
    if (found) return this.withCode(visit, found.code, call);
    return ok(visit.cameBack === true ? await this.usedUp(visit, call) : null);
  }

  /** A process died between the exchange of the code and its record: the credential is there, the code is not. */
  private async usedUp(visit: LinkReturn, call: CallContext): Promise<LinkOutcome | null> {
    const made = await this.own.madeSince(visit.user, notesOf(visit)?.begunAt, call);
    return made && connected(made.credentialsToken, made.status);
  }

  private async resumeCode(
    visit: LinkReturn,
    code: string,
    uncertain: boolean,
    call: CallContext,
  ): Outcome<LinkOutcome> {
    const outcome = uncertain
      ? await this.afterUnknownOutcome(visit, code, null, call)
      : await this.withCode(visit, code, call);
    const over = !outcome.ok && outcome.failure.code === 'authorization.invalid_code';
    return over ? ok({ kind: 'ended', cause: 'unknown', providerReason: 'INVALID_CODE' }) : outcome;
  }

  /** Only while the code is among the unused ones a second try is right. */
  private async afterUnknownOutcome(
    visit: LinkReturn,
    code: string,
    first: Uncertain | null,
    call: CallContext,
  ): Outcome<LinkOutcome> {
    const unused = await this.unused(visit, call);
    if (!unused.ok) return fail(first?.failure ?? unused.failure);
    if (unused.value.some((each) => each.code === code)) {
      const again = await this.codes.exchange(code, call);
      if (!again.ok) return again;
      if (again.value.kind === 'uncertain') return fail(again.value.failure);
      return this.afterAnswer(visit, code, again.value, call);
    }
    const made = await this.own.madeSince(visit.user, notesOf(visit)?.begunAt, call);
    return ok(made ? connected(made.credentialsToken, made.status) : this.later(visit, { code, uncertain: true }));
  }

  private async afterAnswer(
    visit: LinkReturn,
    code: string,
    answer: Exclude<Exchanged, Uncertain>,
    call: CallContext,
  ): Outcome<LinkOutcome> {
    if (answer.kind === 'not_ready') return ok(this.later(visit, { code }, answer.retryAt));
    const { credentialsToken, state } = answer.exchange;
    // A code that our visit did not make must never become this user's credential.
    if (state !== visit.state.reveal('to compare it with the one in the code')) {
      return fail(flanksFailure('authorization.invalid_code', { mayHaveHappened: true }));
    }
    const read = await this.read(credentialsToken, call);
    // The code is used up, so the token must not get lost.
    return read.ok ? read : ok(this.later(visit, { credentialsToken }));
  }

  private async read(credentialsToken: string, call: CallContext): Outcome<LinkOutcome> {
    const status = await this.statuses.read(credentialsToken, call);
    return status.ok ? ok(connected(credentialsToken, status.value)) : status;
  }

  private async unused(visit: LinkReturn, call: CallContext): ReturnType<FlanksLinkCodes['unused']> {
    const link = await this.links.tokenFor(visit.callbackUrl, call);
    return link.ok ? this.codes.unused(link.value, call) : link;
  }

  private later(visit: LinkReturn, news: Omit<VisitNotes, 'begunAt' | 'bank'>, retryAt?: Date): LinkOutcome {
    const now = this.clock.now().getTime();
    const { begunAt = now, bank } = notesOf(visit) ?? {};
    const handle = handleOf({ begunAt, ...(bank !== undefined && { bank }), ...news });
    return { kind: 'not_ready', retryAt: retryAt ?? new Date(now + SOON_MS), handle };
  }
}

function connected(credentialsToken: string, status: Parameters<typeof toSnapshot>[1]): LinkOutcome {
  return { kind: 'connected', snapshot: toSnapshot(credentialsToken, status) };
}
