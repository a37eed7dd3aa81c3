import { Injectable, Logger } from '@nestjs/common';

import { ConnectLinked } from '../connections/connect-linked.js';
import type { Origin } from '../connections/origin.js';
import type { LinkOutcome } from '../credentials/link-flow.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import type { LinkEnd, LinkSession } from './link-session.js';
import { LinkSessionRepository } from './persistence/link-session.repository.js';

/** `waiting` = the provider hands the credential out later. */
export type VisitResult = LinkEnd | { readonly status: 'waiting' };

/** What the outcome of a visit does to connections, and the end of the visit. */
@Injectable()
export class SettleLinkVisit {
  private readonly log = new Logger(SettleLinkVisit.name);

  constructor(
    private readonly connections: ConnectLinked,
    private readonly sessions: LinkSessionRepository,
    private readonly clock: Clock,
  ) {}

  /** A refusal (`link.different_login`, `connection.duplicate`) ends the visit and leaves the connection as it was. */
  async run(session: LinkSession, outcome: LinkOutcome): Promise<VisitResult> {
    if (outcome.kind === 'not_ready') {
      await this.sessions.postpone(session, outcome.retryAt, outcome.handle ?? session.handle);
      return { status: 'waiting' };
    }
    const end = await this.endOf(session, outcome);
    await this.sessions.end(session.id, end, this.clock.now());
    const { id, provider, purpose } = session;
    this.log.log({ linkSessionId: id, provider, purpose, ...end }, 'hosted visit ended');
    return end;
  }

  private async endOf(session: LinkSession, outcome: Exclude<LinkOutcome, { kind: 'not_ready' }>): Promise<LinkEnd> {
    if (outcome.kind === 'ended') return { status: 'failed', cause: outcome.cause };
    try {
      if (outcome.kind === 'duplicate') {
        throw await this.connections.duplicate(session.provider, session.userId, outcome.credentialId);
      }
      const { userId, externalUserId, provider, connectionId, purpose, reference } = session;
      const visitor = { userId, externalUserId, provider, reference };
      const connection =
        purpose === 'connect' || connectionId === null
          ? await this.connections.connect(visitor, outcome.snapshot, originOf(session))
          : await this.connections.repair(connectionId, outcome.snapshot, originOf(session));
      return { status: 'connected', connectionId: connection.id };
    } catch (error) {
      if (!(error instanceof Failure) || !REFUSALS.has(error.code)) throw error;
      const known = error.details.members?.['connectionId'];
      return { status: 'failed', problem: error.code, ...(typeof known === 'string' ? { connectionId: known } : {}) };
    }
  }
}

/** Codes that are an end; anything else may be tried again. */
const REFUSALS: ReadonlySet<string> = new Set([
  'link.different_login',
  'connection.duplicate',
  'connection.not_found',
  'connection.deleting',
]);

function originOf(session: LinkSession): Origin {
  return { trigger: 'link', actor: session.actor, requestId: null };
}
