import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../access/require-scope.decorator.js';
import { LoadingCache } from '../platform/http/loading-cache.js';
import { QueueCountsReader } from '../platform/queue/queue-counts.js';
import { Clock } from '../platform/time/clock.js';
import { OverviewResponse } from './overview.dto.js';
import { OverviewRepository, type StateCount } from './overview.repository.js';

/** The pass over a million connections takes seconds, so one answer serves everybody who asks for so long. */
const KEPT_MS = 10_000;

@ApiTags('admin')
@Controller('admin/overview')
export class OverviewController {
  private readonly kept: LoadingCache<OverviewResponse>;

  constructor(
    private readonly rows: OverviewRepository,
    private readonly queues: QueueCountsReader,
    private readonly clock: Clock,
  ) {
    this.kept = new LoadingCache(1, clock);
  }

  @Get()
  @RequireScope('admin')
  @ApiOperation({
    summary: 'Everything in numbers',
    description: 'Counted in one pass over the connections; the answer is kept for ten seconds.',
  })
  @ApiResponse({ status: 200, type: OverviewResponse })
  async overview(): Promise<OverviewResponse> {
    return this.kept.get('overview', async () => {
      const value = await this.count();
      return { value, keepUntil: new Date(this.clock.now().getTime() + KEPT_MS) };
    });
  }

  private async count(): Promise<OverviewResponse> {
    const now = this.clock.now();
    // One after the other: an operator's look must not take the whole pool.
    const { states, consentDays } = await this.rows.connections(now);
    const openAccountMatches = await this.rows.openAccountMatches();
    const pendingDeliveries = await this.rows.pendingDeliveries();
    const { waiting, oldestSince } = await this.rows.userDeletions();
    const queues = await this.queues.all();
    return {
      countedAt: now.toISOString(),
      states: states.map(({ provider, state, cause, connections }) => ({ provider, state, cause, connections })),
      paused: sum(states, 'paused'),
      stale: sum(states, 'stale'),
      neverSynced: sum(states, 'neverSynced'),
      overdueSyncs: sum(states, 'overdueSyncs'),
      consentsEnding: [...consentDays],
      openAccountMatches,
      deadJobs: queues.reduce((total, { dead }) => total + dead, 0),
      pendingDeliveries,
      userDeletions: { waiting, oldestSince: oldestSince?.toISOString() ?? null },
    };
  }
}

function sum(states: readonly StateCount[], member: 'paused' | 'stale' | 'neverSynced' | 'overdueSyncs'): number {
  return states.reduce((total, state) => total + state[member], 0);
}
