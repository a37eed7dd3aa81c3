import { ApiProperty } from '@nestjs/swagger';

import type { RecordedEntry } from '../audit/persistence/audit.repository.js';

export class AuditEntryResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ example: 'client:0199aaaa-0000-7000-8000-000000000001' })
  actor!: string;

  @ApiProperty({ example: 'client.created' })
  action!: string;

  @ApiProperty({ example: 'client:0199aaaa-0000-7000-8000-000000000002' })
  subject!: string;

  @ApiProperty({ type: String, nullable: true })
  requestId!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { name: 'loan-office' } })
  detail!: object;
}

export class AuditPageResponse {
  @ApiProperty({ type: [AuditEntryResponse] })
  data!: AuditEntryResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export function toAuditEntryResponse(entry: RecordedEntry): AuditEntryResponse {
  const { id, at, actor, action, subject, requestId, detail } = entry;
  return { id, at: at.toISOString(), actor, action, subject, requestId, detail };
}
