import { Injectable, Logger } from '@nestjs/common';

import { ServerConfig } from '../config/slices.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import type { LinkSession } from './link-session.js';
import { LinkVisits } from './link-visits.js';
import { LinkSessionRepository } from './persistence/link-session.repository.js';
import { SettleLinkVisit } from './settle-link-visit.js';

const BATCH = 20;
const HOLD_MS = 60_000;
const SEARCH_EVERY_MS = 2 * 60_000;
/** A credential that the provider hands out late (security checks take up to 72 hours). */
const LONGEST_WAIT_MS = 80 * 3_600_000;

/** Looks at the provider for visits whose browser never came back, and for credentials that are handed out late. */
@Injectable()
export class RecoverLinkVisits {
  private readonly log = new Logger(RecoverLinkVisits.name);

  constructor(
    private readonly sessions: LinkSessionRepository,
    private readonly providers: ProviderAccess,
    private readonly visits: LinkVisits,
    private readonly settle: SettleLinkVisit,
    private readonly clock: Clock,
    private readonly server: ServerConfig,
  ) {}

  /** @returns how many visits were looked for. */
  async run(): Promise<number> {
    const now = this.clock.now();
    const due = await this.sessions.claimDue(now, new Date(now.getTime() + HOLD_MS), BATCH);
    for (const session of due) {
      try {
        await this.look(session);
      } catch (error) {
        await this.afterTrouble(session, error);
      }
    }
    return due.length;
  }

  /** A visit to a connection that is gone is over; anything else is tried again. */
  private async afterTrouble(session: LinkSession, trouble: unknown): Promise<void> {
    try {
      await this.settle.refuse(session, trouble);
    } catch (error) {
      this.log.warn({ linkSessionId: session.id, err: error }, 'a hosted visit cannot be looked for yet');
      await this.later(session);
    }
  }

  private async look(session: LinkSession): Promise<void> {
    const { links } = this.providers.provider(session.provider);
    const { visit } = await this.visits.visit(session, this.server);
    const found = links ? valueOf(await links.recover(visit, this.providers.call(session.locale))) : null;
    if (found) await this.settle.run(session, found);
    else await this.later(session);
  }

  private async later(session: LinkSession): Promise<void> {
    const now = this.clock.now();
    const waiting = session.status === 'completing';
    const last = waiting ? session.createdAt.getTime() + LONGEST_WAIT_MS : session.expiresAt.getTime();
    if (now.getTime() >= last) await this.sessions.end(session.id, { status: 'expired' }, now);
    else await this.sessions.searchAgain(session.id, new Date(Math.min(last, now.getTime() + SEARCH_EVERY_MS)));
  }
}
