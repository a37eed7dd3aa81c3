import { Injectable, Logger } from '@nestjs/common';

import { ConnectLinked } from '../connections/connect-linked.js';
import { RepairConnection } from '../connections/credential-repair.js';
import type { Connection } from '../connections/domain/connection.js';
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
    private readonly repairs: RepairConnection,
    private readonly sessions: LinkSessionRepository,
    private readonly clock: Clock,
  ) {}

  /** A refusal (`link.different_login`, `connection.duplicate`) ends the visit and leaves the connection as it was. */
  async run(session: LinkSession, outcome: LinkOutcome): Promise<VisitResult> {
    if (outcome.kind === 'not_ready') {
      await this.sessions.postpone(session, outcome.retryAt, outcome.handle ?? session.handle);
      return { status: 'waiting' };
    }
    return this.end(session, await this.endOf(session, outcome));
  }

  /** Ends a visit whose connection cannot be repaired any more. @throws what is no refusal */
  async refuse(session: LinkSession, error: unknown): Promise<VisitResult> {
    return this.end(session, refusal(error));
  }

  /** Another process may have ended it meanwhile: then that is how it ended. */
  private async end(session: LinkSession, end: LinkEnd): Promise<VisitResult> {
    const { id, provider, purpose } = session;
    if (!(await this.sessions.end(id, end, this.clock.now()))) return (await this.earlier(id)) ?? end;
    this.log.log({ linkSessionId: id, provider, purpose, ...end }, 'hosted visit ended');
    return end;
  }

  private async earlier(id: string): Promise<LinkEnd | null> {
    const session = await this.sessions.find(id);
    if (!session || session.status === 'open' || session.status === 'completing') return null;
    const { status, connectionId, cause, problem } = session;
    return {
      status,
      ...(connectionId !== null && { connectionId }),
      ...(cause !== null && { cause }),
      ...(problem !== null && { problem }),
    };
  }

  private async connect(
    session: LinkSession,
    outcome: Extract<LinkOutcome, { kind: 'connected' | 'duplicate' }>,
  ): Promise<Connection> {
    const { userId, externalUserId, provider, connectionId, purpose, reference } = session;
    const visitor = { userId, externalUserId, provider, reference };
    const origin = originOf(session);
    if (outcome.kind === 'duplicate') {
      const { credentialId } = outcome;
      if (connectionId === null) return this.connections.existing(visitor, credentialId, origin);
      if (purpose !== 'connect') throw await this.repairs.duplicate(visitor, credentialId);
      return this.repairs.alreadyThere(connectionId, visitor, credentialId, origin);
    }
    const { snapshot } = outcome;
    if (connectionId === null) return this.connections.connect(visitor, snapshot, origin);
    return purpose === 'connect'
      ? this.repairs.reconnected(connectionId, visitor, snapshot, origin)
      : this.repairs.renewed(connectionId, visitor, snapshot, origin);
  }

  private async endOf(session: LinkSession, outcome: Exclude<LinkOutcome, { kind: 'not_ready' }>): Promise<LinkEnd> {
    if (outcome.kind === 'ended') return { status: 'failed', cause: outcome.cause };
    try {
      const connection = await this.connect(session, outcome);
      return { status: 'connected', connectionId: connection.id };
    } catch (error) {
      return refusal(error);
    }
  }
}

/** Codes that are an end; anything else may be tried again. */
const REFUSALS: ReadonlySet<string> = new Set([
  'link.different_login',
  // The connection moved while the user was away.
  'link.other_provider',
  'connection.duplicate',
  'connection.not_found',
  'connection.deleting',
  // The user was deleted, here or at the provider: nothing will come of it.
  'user.not_found',
  'provider_user.not_found',
]);

/** @throws what is no refusal */
function refusal(error: unknown): LinkEnd {
  if (!(error instanceof Failure) || !REFUSALS.has(error.code)) throw error;
  const known = error.details.members?.['connectionId'];
  return { status: 'failed', problem: error.code, ...(typeof known === 'string' ? { connectionId: known } : {}) };
}

function originOf(session: LinkSession): Origin {
  return { trigger: 'link', actor: session.actor, requestId: null };
}
