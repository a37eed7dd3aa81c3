import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

import { PageQuery } from '../platform/pagination/page.query.js';
import { ORPHAN_KINDS, SHOWN_STATUSES, type Orphan, type ShownStatus } from '../reconcile/orphan.js';

export class OrphansQuery extends PageQuery {
  @ApiProperty({ required: false, enum: SHOWN_STATUSES, default: 'open' })
  @IsOptional()
  @IsIn(SHOWN_STATUSES)
  status: ShownStatus = 'open';
}

export class OrphanResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'tink' })
  provider!: string;

  @ApiProperty({
    enum: ORPHAN_KINDS,
    description:
      '`upstream`: no connection has this credential. `local`: the provider has not this connection’s credential.',
  })
  kind!: string;

  @ApiProperty({ enum: SHOWN_STATUSES })
  status!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  userId!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Of a `local` one.' })
  connectionId!: string | null;

  @ApiProperty({ format: 'date-time' })
  firstSeenAt!: string;

  @ApiProperty({ format: 'date-time' })
  lastSeenAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  reportedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  resolvedAt!: string | null;

  @ApiProperty({ type: String, nullable: true })
  resolvedBy!: string | null;
}

export class OrphanPageResponse {
  @ApiProperty({ type: [OrphanResponse] })
  data!: OrphanResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;

  @ApiProperty({ type: [String], description: 'Providers that list nothing, so nothing is known of them.' })
  unsupported!: string[];
}

export function toOrphanResponse(orphan: Orphan): OrphanResponse {
  const { id, provider, kind, status, userId, connectionId, resolvedBy } = orphan;
  const { firstSeenAt, lastSeenAt, reportedAt, resolvedAt } = orphan;
  return {
    ...{ id, provider, kind, status, userId, connectionId },
    firstSeenAt: firstSeenAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    reportedAt: reportedAt?.toISOString() ?? null,
    resolvedAt: resolvedAt?.toISOString() ?? null,
    resolvedBy,
  };
}
