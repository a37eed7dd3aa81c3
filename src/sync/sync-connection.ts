import { Injectable, Logger } from '@nestjs/common';

import type { Connection } from '../connections/domain/connection.js';
import { decideSync, nextTurn, type SyncDecision, type SyncRhythm } from '../connections/domain/sync-schedule.js';
import { ObserveConnection } from '../connections/observe-connection.js';
import type { Origin } from '../connections/origin.js';
import { ConnectionRepository } from '../connections/persistence/connection.repository.js';
import { SyncPlanRepository } from '../connections/persistence/sync-plan.repository.js';
import type { SyncJob } from './sync-job.js';
import { later, type SyncEnd } from './sync-end.js';
import { SyncSurroundings } from './sync-surroundings.js';
import { UnattendedRefresh } from './unattended-refresh.js';

const SYNC: Origin = { trigger: 'sync', actor: 'sync', requestId: null };

/** Brings one connection up to date without its user. A job may come twice or late; the plan in the record decides. */
@Injectable()
export class SyncConnection {
  private readonly log = new Logger(SyncConnection.name);

  constructor(
    private readonly connections: ConnectionRepository,
    private readonly plan: SyncPlanRepository,
    private readonly refreshes: UnattendedRefresh,
    private readonly observe: ObserveConnection,
    private readonly surroundings: SyncSurroundings,
  ) {}

  async run({ connectionId, plannedFor }: SyncJob): Promise<string> {
    const connection = await this.connections.find(connectionId);
    const { traits, metrics, clock } = this.surroundings;
    const rhythm = connection && traits.of(connection.provider).rhythm;
    if (!connection || !rhythm) return 'gone';
    const plan = new Date(plannedFor);
    const decision = decideSync(connection, plan, rhythm, clock.now());
    const startedAt = performance.now();
    const { outcome, again } = await this.carryOut(decision, connection, rhythm);
    if (again) await this.plan.replan(connectionId, plan, again);
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.ended(connection.provider, decision.kind, outcome, seconds);
    const { provider } = connection;
    this.log.debug({ connectionId, provider, kind: decision.kind, reason: decision.reason, outcome }, 'sync ended');
    return outcome;
  }

  private async carryOut(decision: SyncDecision, connection: Connection, rhythm: SyncRhythm): Promise<SyncEnd> {
    if (decision.kind === 'skip') return { outcome: decision.reason };
    if (decision.kind === 'read') return this.read(connection, rhythm);
    const end = await this.refreshes.run(connection, rhythm, SYNC);
    if (end.outcome !== 'quota_exhausted') return end;
    // What may not be fetched from the bank can still be read at the provider, now and at the next turn.
    await this.observe.look(connection, SYNC);
    const turn = nextTurn(connection, rhythm, this.surroundings.clock.now());
    return { ...end, again: end.again && end.again < turn ? end.again : turn };
  }

  private async read(connection: Connection, rhythm: SyncRhythm): Promise<SyncEnd> {
    const { outcome, failure } = await this.observe.look(connection, SYNC);
    const now = this.surroundings.clock.now();
    switch (outcome) {
      case 'applied':
        return { outcome: 'synced' };
      case 'overlapped':
      case 'refused':
      case 'skipped':
        return { outcome, again: nextTurn(connection, rhythm, now) };
      case 'unreadable':
        return { outcome: failure?.code ?? outcome, again: failure?.retryAt ?? later(connection, now) };
    }
  }
}
