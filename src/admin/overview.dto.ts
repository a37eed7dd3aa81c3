import { ApiProperty } from '@nestjs/swagger';

import { CONNECTION_STATES } from '../connections/domain/connection-state.js';
import { CAUSES } from '../credentials/observation.js';

export class StateCountResponse {
  @ApiProperty({ example: 'tink' })
  provider!: string;

  @ApiProperty({ enum: CONNECTION_STATES })
  state!: string;

  @ApiProperty({ enum: CAUSES })
  cause!: string;

  @ApiProperty({ example: 41_200 })
  connections!: number;
}

export class ConsentDayResponse {
  @ApiProperty({ format: 'date', description: 'A day in UTC.', example: '2026-12-01' })
  day!: string;

  @ApiProperty({ example: 12 })
  connections!: number;
}

export class UserDeletionsResponse {
  @ApiProperty({ description: 'Users whose deletion was asked for and is not done.' })
  waiting!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Since when the oldest waits.' })
  oldestSince!: string | null;
}

export class OverviewResponse {
  @ApiProperty({ format: 'date-time', description: 'When it was counted: at most ten seconds ago.' })
  countedAt!: string;

  @ApiProperty({ type: [StateCountResponse], description: 'Deleted connections are not counted.' })
  states!: StateCountResponse[];

  @ApiProperty()
  paused!: number;

  @ApiProperty({ description: 'With data that is older than 36 hours.' })
  stale!: number;

  @ApiProperty({ description: 'Without any data so far.' })
  neverSynced!: number;

  @ApiProperty({ description: 'Whose planned sync should have begun.' })
  overdueSyncs!: number;

  @ApiProperty({ type: [ConsentDayResponse], description: 'Consents that end in the next 90 days, each day.' })
  consentsEnding!: ConsentDayResponse[];

  @ApiProperty({ description: 'Accounts of which nobody has said yet whether they are known.' })
  openAccountMatches!: number;

  @ApiProperty({ description: 'Jobs that failed for good.' })
  deadJobs!: number;

  @ApiProperty({ description: 'Outgoing webhooks under way, counted up to 100,000.' })
  pendingDeliveries!: number;

  @ApiProperty({ type: UserDeletionsResponse, description: 'POST /admin/users/{id}/purge ends one.' })
  userDeletions!: UserDeletionsResponse;
}
