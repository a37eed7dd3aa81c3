import { Injectable } from '@nestjs/common';

import { ConnectionView } from '../connections/connection-view.js';
import type { Connection } from '../connections/domain/connection.js';
import type { ConnectionEvent } from '../connections/domain/connection-event.js';
import { toldAction } from '../connections/domain/told-action.js';
import { ReadConnections } from '../connections/read-connections.js';
import { Clock } from '../platform/time/clock.js';
import { ConnectionSearchRepository, type AttemptRow, type ConnectionWork } from './connection-search.repository.js';
import type {
  AdminAttemptResponse,
  AdminConnectionDetailResponse,
  AdminConnectionResponse,
  AdminEventResponse,
  AdminPlanResponse,
} from './connections.dto.js';

const EVENTS = 50;

type Summary = Pick<AdminConnectionResponse, keyof AdminConnectionResponse>;

/** What operators see of connections. No question of a bank and no picture: those are for the user. */
@Injectable()
export class ConnectionDossier {
  constructor(
    private readonly read: ReadConnections,
    private readonly rows: ConnectionSearchRepository,
    private readonly view: ConnectionView,
    private readonly clock: Clock,
  ) {}

  /** As the database has it: the provider is not asked. @throws Failure `connection.not_found` */
  async of(id: string): Promise<AdminConnectionDetailResponse> {
    const connection = await this.read.stored(id);
    const [work, attempts, events] = await Promise.all([
      this.rows.work(id),
      this.rows.attempts(id, this.clock.now()),
      this.read.latestEvents(id, EVENTS),
    ]);
    return {
      ...this.summary(connection),
      plan: toPlan(connection, work),
      attempts: attempts.map(toAttempt),
      events: events.map(toEvent),
    };
  }

  summary(connection: Connection): Summary {
    const { id, userId, externalUserId, provider, institutionId, institutionName, reference } = connection;
    const { kind, by, message } = toldAction(this.view.action(connection));
    return {
      ...{ id, userId, externalUserId, provider, institutionId, institutionName, reference },
      state: connection.state,
      cause: connection.cause,
      stateSince: connection.stateSince.toISOString(),
      providerStatus: connection.providerStatus,
      nextAction: { kind, by, message },
      paused: connection.syncPausedAt !== null,
      dataAsOf: iso(connection.dataAsOf),
      consentExpiresAt: iso(connection.consentExpiresAt),
      createdAt: connection.createdAt.toISOString(),
      updatedAt: connection.updatedAt.toISOString(),
    };
  }
}

function toPlan(connection: Connection, work: ConnectionWork | null): AdminPlanResponse {
  return {
    nextSyncAt: iso(connection.nextSyncAt),
    nextWatchAt: iso(connection.nextWatchAt),
    retryAt: iso(connection.retryAt),
    observedAt: iso(work?.observedAt ?? null),
    leaseUntil: iso(work?.leaseUntil ?? null),
    leaseOwner: work?.leaseOwner ?? null,
    consecutiveFailures: connection.consecutiveFailures,
    wrongLogins: connection.wrongLoginCount,
  };
}

function toAttempt({ startedAt, finishedAt, ...attempt }: AttemptRow): AdminAttemptResponse {
  return { ...attempt, startedAt: startedAt.toISOString(), finishedAt: iso(finishedAt) };
}

function toEvent({ providerAt: _providerAt, at, ...event }: ConnectionEvent): AdminEventResponse {
  return { ...event, at: at.toISOString() };
}

function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
