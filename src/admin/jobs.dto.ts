import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsOptional,
  IsUUID,
  Matches,
  Max,
  Min,
} from 'class-validator';

import { PageQuery } from '../platform/pagination/page.query.js';
import type { DeadLetter } from '../platform/queue/dead-letters.js';
import type { QueueCounts } from '../platform/queue/queue-counts.js';

const QUEUE = /^[a-z][a-z0-9.-]{0,99}$/;
const QUEUE_RULE = { message: 'queue must be the name of a queue' };
const MOST_MOVED = 1_000;

export class QueueResponse implements QueueCounts {
  @ApiProperty({ example: 'sync.tink' })
  queue!: string;

  @ApiProperty({ description: 'Jobs that wait, those for their next attempt too.', example: 12 })
  waiting!: number;

  @ApiProperty({ example: 3 })
  active!: number;

  @ApiProperty({ description: 'Failed for good in the last minutes.', example: 0 })
  failed!: number;

  @ApiProperty({ description: 'Among the dead letters.', example: 0 })
  dead!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'How long the oldest job that could run has waited.',
    example: 0.4,
  })
  oldestSeconds!: number | null;
}

export class QueuesResponse {
  @ApiProperty({ type: [QueueResponse] })
  data!: readonly QueueResponse[];
}

export class DeadLettersQuery extends PageQuery {
  @ApiProperty({ required: false, example: 'sync.tink' })
  @IsOptional()
  @Matches(QUEUE, QUEUE_RULE)
  queue?: string;
}

export class DeadLetterResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'sync.tink' })
  queue!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Ids only.' })
  data!: object;

  @ApiProperty({ example: 4 })
  attempts!: number;

  @ApiProperty({ type: String, nullable: true, example: 'Failure: provider.unavailable' })
  error!: string | null;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

export class DeadLetterPageResponse {
  @ApiProperty({ type: [DeadLetterResponse] })
  data!: DeadLetterResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export class RedriveRequest {
  @ApiProperty({ required: false, description: 'Only jobs of this queue.', example: 'sync.tink' })
  @IsOptional()
  @Matches(QUEUE, QUEUE_RULE)
  queue?: string;

  @ApiProperty({ required: false, type: [String], format: 'uuid', description: 'Only these.' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_MOVED)
  @ArrayUnique()
  @IsUUID(undefined, { each: true, message: 'each of ids must be a UUID' })
  ids?: string[];

  @ApiProperty({ required: false, minimum: 1, maximum: MOST_MOVED, default: MOST_MOVED })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_MOVED)
  limit: number = MOST_MOVED;
}

export class RedriveResponse {
  @ApiProperty({ description: 'Jobs that wait in their queues again.', example: 7 })
  moved!: number;
}

export function toDeadLetterResponse({ at, ...letter }: DeadLetter): DeadLetterResponse {
  return { ...letter, at: at.toISOString() };
}
