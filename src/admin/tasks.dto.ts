import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsInt, Max, Min, ValidateIf } from 'class-validator';

import type { TaskRow } from '../sync/persistence/scheduled-task.repository.js';

const SHORTEST_MS = 500;
const LONGEST_MS = 7 * 24 * 3_600_000;

export class TaskResponse {
  @ApiProperty({ example: 'plan-syncs' })
  name!: string;

  @ApiProperty({ description: 'False = it runs only when somebody asks for it.' })
  enabled!: boolean;

  @ApiProperty({ description: 'Milliseconds between the starts of two runs.', example: 60_000 })
  everyMs!: number;

  @ApiProperty({ description: 'Whether a process works on it now.' })
  running!: boolean;

  @ApiProperty({ format: 'date-time' })
  nextRunAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Somebody asked for a run.' })
  runRequestedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastStartedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastFinishedAt!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 41 })
  lastDurationMs!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Of the last run that worked.', example: 'planned 200' })
  lastResult!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Of the last run, when it failed.' })
  lastError!: string | null;
}

export class TaskPageResponse {
  @ApiProperty({ type: [TaskResponse] })
  data!: TaskResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

/** Null is not the same as not there: it is refused. */
export class ChangeTaskRequest {
  @ApiProperty({ required: false })
  @ValidateIf(({ everyMs, enabled }: ChangeTaskRequest) => enabled !== undefined || everyMs === undefined)
  @IsBoolean({ message: 'enabled must be true or false, or everyMs be given' })
  enabled?: boolean;

  @ApiProperty({ required: false, minimum: SHORTEST_MS, maximum: LONGEST_MS })
  @ValidateIf(({ everyMs }: ChangeTaskRequest) => everyMs !== undefined)
  @Max(LONGEST_MS)
  @Min(SHORTEST_MS)
  @IsInt()
  everyMs?: number;
}

export function toTaskResponse(row: TaskRow, now: Date): TaskResponse {
  const { name, enabled, everyMs, lastDurationMs, lastResult, lastError } = row;
  const text = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    name,
    enabled,
    everyMs,
    running: row.leaseUntil !== null && row.leaseUntil > now,
    nextRunAt: row.nextRunAt.toISOString(),
    runRequestedAt: text(row.runRequestedAt),
    lastStartedAt: text(row.lastStartedAt),
    lastFinishedAt: text(row.lastFinishedAt),
    lastDurationMs,
    lastResult,
    lastError,
  };
}
