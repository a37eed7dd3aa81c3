import { ApiProperty } from '@nestjs/swagger';

import { CAUSES, type Cause } from '../../credentials/observation.js';
import { TRIGGERS, type ConnectionEvent, type Evidence, type Trigger } from '../domain/connection-event.js';
import { CONNECTION_STATES, type ConnectionState } from '../domain/connection-state.js';

export class EventResponse {
  @ApiProperty({ example: 1 })
  seq!: number;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: "The provider's own time." })
  providerAt!: string | null;

  @ApiProperty({ type: String, nullable: true, enum: CONNECTION_STATES })
  from!: ConnectionState | null;

  @ApiProperty({ enum: CONNECTION_STATES })
  to!: ConnectionState;

  @ApiProperty({ enum: CAUSES })
  cause!: Cause;

  @ApiProperty({ enum: TRIGGERS })
  trigger!: Trigger;

  @ApiProperty({ example: 'client:0199aaaa-0000-7000-8000-000000000009' })
  actor!: string;

  @ApiProperty({
    type: 'object',
    properties: {
      providerStatus: { type: 'string' },
      httpStatus: { type: 'integer' },
      providerErrorCode: { type: 'string' },
      providerRequestId: { type: 'string' },
      note: { type: 'string' },
    },
  })
  evidence!: Evidence;
}

export class EventPageResponse {
  @ApiProperty({ type: [EventResponse] })
  data!: EventResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export function toEventResponse(event: ConnectionEvent): EventResponse {
  const { seq, at, providerAt, from, to, cause, trigger, actor, evidence } = event;
  return {
    seq,
    at: at.toISOString(),
    providerAt: providerAt?.toISOString() ?? null,
    from,
    to,
    cause,
    trigger,
    actor,
    evidence,
  };
}
