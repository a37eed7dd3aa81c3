import { Injectable } from '@nestjs/common';

import { ServerConfig } from '../config/slices.js';
import type { LinkFlow, LinkReturn } from '../credentials/link-flow.js';
import { Opened } from '../platform/crypto/opened.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { asFailure } from '../providers/registry/provider-failures.js';
import type { LinkSession } from './link-session.js';
import { LinkVisits } from './link-visits.js';
import { LinkSessionRepository } from './persistence/link-session.repository.js';
import { SettleLinkVisit, type VisitResult } from './settle-link-visit.js';

const LONGEST_STATE = 128;
/** A process that claimed a visit and died is followed by the recovery after this time. */
const CLAIM_MS = 60_000;

/** The user's browser came back. Everything it brings is untrusted; `state` only tells which visit is meant. */
@Injectable()
export class CompleteLinkVisit {
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
    const session = await this.claim(providerName, state);
    const { links } = this.providers.provider(session.provider);
    if (!links) throw new Failure('link.unknown');
    return { session, result: await this.ask(links, session, query) };
  }

  private async claim(provider: string, state: string | undefined): Promise<LinkSession> {
    const sound = state !== undefined && state !== '' && state.length <= LONGEST_STATE;
    const session = sound ? await this.sessions.findByState(provider, new Opened(state)) : null;
    if (!session) throw new Failure('link.unknown');
    const now = this.clock.now();
    if (await this.sessions.claim(session.id, now, new Date(now.getTime() + CLAIM_MS))) return session;
    throw new Failure(session.status === 'open' ? 'link.expired' : 'link.used');
  }

  private async ask(links: LinkFlow, session: LinkSession, query: ReadonlyMap<string, string>): Promise<VisitResult> {
    const visit: LinkReturn = await this.visits.visit(session, this.server);
    const result = await links.complete(visit, query, this.providers.call(session.locale));
    if (result.ok) return this.settle.run(session, result.value);
    // What the provider may have done is looked for later; what it surely did not do, the user may try again.
    if (!result.failure.mayHaveHappened) await this.sessions.reopen(session.id, session.recoverAt);
    throw asFailure(result.failure);
  }
}
