import { Injectable, Logger } from '@nestjs/common';

import { ServerConfig } from '../config/slices.js';
import type { ProviderFailure } from '../credentials/failure.js';
import type { LinkFlow } from '../credentials/link-flow.js';
import { Opened } from '../platform/crypto/opened.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { asFailure } from '../providers/registry/provider-failures.js';
import type { LinkSession } from './link-session.js';
import { LinkVisits, type KnownVisit } from './link-visits.js';
import { LinkSessionRepository } from './persistence/link-session.repository.js';
import { SettleLinkVisit, type VisitResult } from './settle-link-visit.js';

const LONGEST_STATE = 128;
/** A process that claimed a visit and died is followed by the recovery after this time. */
const CLAIM_MS = 60_000;

/** The user's browser came back. Everything it brings is untrusted; `state` only tells which visit is meant. */
@Injectable()
export class CompleteLinkVisit {
  private readonly log = new Logger(CompleteLinkVisit.name);

  constructor(
    private readonly sessions: LinkSessionRepository,
    private readonly providers: ProviderAccess,
    private readonly visits: LinkVisits,
    private readonly settle: SettleLinkVisit,
    private readonly clock: Clock,
    private readonly server: ServerConfig,
  ) {}

  /** @throws Failure `link.unknown`, `link.used`, `link.expired`: nothing was written; or the provider's code: try again */
  async run(
    providerName: string,
    state: string | undefined,
    query: ReadonlyMap<string, string>,
  ): Promise<{ session: LinkSession; result: VisitResult }> {
    const session = await this.find(providerName, state);
    const { links } = this.providers.provider(session.provider);
    if (!links) throw new Failure('link.unknown');
    await this.claim(session);
    try {
      const visit = await this.visits.visit(session, this.server);
      return { session, result: await this.ask(links, session, visit, query) };
    } catch (error) {
      return { session, result: await this.settle.refuse(session, error) };
    }
  }

  private async find(provider: string, state: string | undefined): Promise<LinkSession> {
    const sound = state !== undefined && state !== '' && state.length <= LONGEST_STATE;
    const session = sound ? await this.sessions.findByState(provider, new Opened(state)) : null;
    if (!session) throw new Failure('link.unknown');
    return session;
  }

  /** What was read may be old by now, so only the clock tells a visit that is too late from one that somebody took. */
  private async claim({ id, status, expiresAt }: LinkSession): Promise<void> {
    const now = this.clock.now();
    if (await this.sessions.claim(id, now, new Date(now.getTime() + CLAIM_MS))) return;
    throw new Failure(status === 'open' && expiresAt <= now ? 'link.expired' : 'link.used');
  }

  private async ask(
    links: LinkFlow,
    session: LinkSession,
    { visit, lost }: KnownVisit,
    query: ReadonlyMap<string, string>,
  ): Promise<VisitResult> {
    const result = await links.complete(visit, query, this.providers.call(session.locale));
    if (result.ok) return this.settle.run(session, result.value);
    const { failure } = result;
    // The credential that it was to repair went with its connection.
    if (lost && failure.code === 'credential.not_found') throw lost;
    // What the provider surely did not do, the user may try again with the same address.
    if (!failure.mayHaveHappened) await this.sessions.reopen(session.id, session.recoverAt);
    // What it may have done is looked for later; there is nothing that the user could do about it.
    else if (failure.code.startsWith('provider.')) return this.later(session, failure);
    throw asFailure(failure);
  }

  private later({ id, provider }: LinkSession, { code }: ProviderFailure): VisitResult {
    this.log.warn({ linkSessionId: id, provider, code }, 'a hosted visit is left for recovery');
    return { status: 'waiting' };
  }
}
