import { ApiProperty } from '@nestjs/swagger';

import { CAUSES, type Cause } from '../../credentials/observation.js';
import { TRIGGERS, type ConnectionEvent, type Evidence, type Trigger } from '../domain/connection-event.js';
import { CONNECTION_STATES, type ConnectionState } from '../domain/connection-state.js';
import type { Explanation } from '../domain/explain.js';
import { toActionResponse } from './connection-response.mapper.js';
import { NextActionResponse } from './connection.response.js';

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

export class StoryLineResponse {
  @ApiProperty()
  text!: string;

  @ApiProperty()
  event!: EventResponse;
}

export class ExplanationResponse {
  @ApiProperty({ example: 'The connection is active since 2026-11-20T10:00:00.000Z; the provider calls it UPDATED.' })
  summary!: string;

  @ApiProperty()
  nextAction!: NextActionResponse;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  mooringLooksAgainAt!: string | null;

  @ApiProperty({ type: [StoryLineResponse] })
  story!: StoryLineResponse[];
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

export function toExplanationResponse(explanation: Explanation): ExplanationResponse {
  return {
    summary: explanation.summary,
    nextAction: toActionResponse(explanation.nextAction),
    mooringLooksAgainAt: explanation.mooringLooksAgainAt?.toISOString() ?? null,
    story: explanation.story.map(({ text, event }) => ({ text, event: toEventResponse(event) })),
  };
}
