import { Injectable, Logger } from '@nestjs/common';

import {
  decideSync,
  freshSince,
  nextTurn,
  type SyncDecision,
  type SyncRhythm,
} from '../connections/domain/sync-schedule.js';
import { ObserveConnection } from '../connections/observe-connection.js';
import type { Origin } from '../connections/origin.js';
import { ConnectionRepository, type FoundForSync } from '../connections/persistence/connection.repository.js';
import { SyncPlanRepository } from '../connections/persistence/sync-plan.repository.js';
import type { ProviderId } from '../credentials/provider-id.js';
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

  async run(provider: ProviderId, { connectionId, plannedFor }: SyncJob): Promise<string> {
    const { traits, metrics, clock } = this.surroundings;
    const { rhythm } = traits.of(provider);
    if (!rhythm) return 'gone';
    const [plan, now] = [new Date(plannedFor), clock.now()];
    const turn = { id: connectionId, plannedFor: plan, now, freshSince: freshSince(rhythm, now) };
    const found = await this.connections.findForSync(turn);
    if (!found) return 'gone';
    const decision = decideSync(found.connection, plan, rhythm, now);
    const startedAt = performance.now();
    const { outcome, again } = await this.carryOut(decision, found, rhythm);
    if (again) await this.plan.replan(connectionId, plan, again);
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.ended(provider, decision.kind, outcome, seconds);
    this.log.debug({ connectionId, provider, kind: decision.kind, reason: decision.reason, outcome }, 'sync ended');
    return outcome;
  }

  private async carryOut(decision: SyncDecision, found: FoundForSync, rhythm: SyncRhythm): Promise<SyncEnd> {
    if (decision.kind === 'skip') return { outcome: decision.reason };
    if (decision.kind === 'read') return this.read(found, rhythm);
    const { connection } = found;
    const end = await this.refreshes.run(connection, rhythm, SYNC);
    if (end.outcome !== 'quota_exhausted') return end;
    // What may not be fetched from the bank can still be read at the provider, now and at the next turn.
    await this.observe.look(connection, SYNC);
    const turn = nextTurn(connection, rhythm, this.surroundings.clock.now());
    return { ...end, again: end.again && end.again < turn ? end.again : turn };
  }

  private async read({ connection, isReadingClaimed }: FoundForSync, rhythm: SyncRhythm): Promise<SyncEnd> {
    const { outcome, failure } = isReadingClaimed
      ? await this.observe.lookClaimed(connection, SYNC)
      : await this.observe.look(connection, SYNC);
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
