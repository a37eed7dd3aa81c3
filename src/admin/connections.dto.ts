import { ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';

import { CONNECTION_STATES, type ConnectionState } from '../connections/domain/connection-state.js';
import { TRIGGERS } from '../connections/domain/connection-event.js';
import { CAUSES, type Cause } from '../credentials/observation.js';

const TIME = { type: String, format: 'date-time', nullable: true };

export class PurgeRequest {
  @ApiProperty({ format: 'uuid', description: 'The id of the connection once more.' })
  @IsUUID()
  confirm!: string;
}

export class PurgeResponse {
  @ApiProperty({ format: 'uuid', description: 'GET /v1/deletions/{receiptId} shows what was deleted.' })
  receiptId!: string;

  @ApiProperty({ type: String, nullable: true, example: 'failed:provider.unavailable' })
  upstream!: string | null;
}

export class AdminActionResponse {
  @ApiProperty({ example: 'user_reauthenticate' })
  kind!: string;

  @ApiProperty({ example: 'user' })
  by!: string;

  @ApiProperty()
  message!: string;
}

export class AdminConnectionResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  userId!: string;

  @ApiProperty()
  externalUserId!: string;

  @ApiProperty({ example: 'tink' })
  provider!: string;

  @ApiProperty()
  institutionId!: string;

  @ApiProperty()
  institutionName!: string;

  @ApiProperty({ type: String, nullable: true })
  reference!: string | null;

  @ApiProperty({ enum: CONNECTION_STATES })
  state!: ConnectionState;

  @ApiProperty({ enum: CAUSES })
  cause!: Cause;

  @ApiProperty({ format: 'date-time' })
  stateSince!: string;

  @ApiProperty()
  providerStatus!: string;

  @ApiProperty()
  nextAction!: AdminActionResponse;

  @ApiProperty()
  paused!: boolean;

  @ApiProperty(TIME)
  dataAsOf!: string | null;

  @ApiProperty(TIME)
  consentExpiresAt!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

export class AdminConnectionPageResponse {
  @ApiProperty({ type: [AdminConnectionResponse] })
  data!: AdminConnectionResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export class AdminEventResponse {
  @ApiProperty()
  seq!: number;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ type: String, nullable: true, enum: CONNECTION_STATES })
  from!: string | null;

  @ApiProperty({ enum: CONNECTION_STATES })
  to!: string;

  @ApiProperty({ enum: CAUSES })
  cause!: string;

  @ApiProperty({ enum: TRIGGERS })
  trigger!: string;

  @ApiProperty()
  actor!: string;

  @ApiProperty({ type: String, nullable: true })
  requestId!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  evidence!: object;
}

export class AdminAttemptResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  startedAt!: string;

  @ApiProperty(TIME)
  finishedAt!: string | null;

  @ApiProperty()
  attended!: boolean;

  @ApiProperty({ enum: TRIGGERS })
  trigger!: string;

  @ApiProperty()
  reason!: string;

  @ApiProperty({ type: String, nullable: true })
  outcome!: string | null;

  @ApiProperty({ description: 'It counts against the quota.' })
  spent!: boolean;
}

export class AdminPlanResponse {
  @ApiProperty(TIME)
  nextSyncAt!: string | null;

  @ApiProperty(TIME)
  nextWatchAt!: string | null;

  @ApiProperty(TIME)
  retryAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When a process last read the provider for it.' })
  observedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'A process commands the provider for it until then, or died.' })
  leaseUntil!: string | null;

  @ApiProperty({ type: String, nullable: true })
  leaseOwner!: string | null;

  @ApiProperty()
  consecutiveFailures!: number;

  @ApiProperty()
  wrongLogins!: number;
}

export class AdminConnectionDetailResponse extends AdminConnectionResponse {
  @ApiProperty()
  plan!: AdminPlanResponse;

  @ApiProperty({ type: [AdminAttemptResponse], description: 'Of the last day, newest first.' })
  attempts!: AdminAttemptResponse[];

  @ApiProperty({ type: [AdminEventResponse], description: 'The last 50, oldest first.' })
  events!: AdminEventResponse[];
}
