import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';

import { PageQuery } from '../../platform/pagination/page.query.js';
import { SUBJECT_KINDS, type Deleted, type DeletionReceipt } from '../deletion-receipt.js';

export const RECEIPT_LOCATION = {
  Location: { description: 'The receipt, e.g. `/v1/deletions/0199…`.', schema: { type: 'string' as const } },
};

export class DeletionBegunResponse {
  @ApiProperty({ format: 'uuid' })
  receipt!: string;

  @ApiProperty({ enum: ['pending'] })
  status!: 'pending';
}

export class ListDeletionsQuery extends PageQuery {
  @ApiProperty({ required: false, format: 'uuid' })
  @IsOptional()
  @IsUUID(undefined, { message: 'userId must be a UUID' })
  userId?: string;
}

export class DeletionSubjectResponse {
  @ApiProperty({ enum: SUBJECT_KINDS })
  kind!: string;

  @ApiProperty({ format: 'uuid' })
  id!: string;
}

export class UpstreamResponse {
  @ApiProperty({
    example: 'deleted',
    description: '`deleted`, `already_gone`, `not_needed`, or `failed:` with a code when an operator deleted it here.',
  })
  answer!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

export class DeletionResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['pending', 'completed'] })
  status!: 'pending' | 'completed';

  @ApiProperty({ type: DeletionSubjectResponse })
  subject!: DeletionSubjectResponse;

  @ApiProperty({ format: 'uuid' })
  userId!: string;

  @ApiProperty({ type: String, nullable: true, example: 'tink' })
  provider!: string | null;

  @ApiProperty({ format: 'date-time' })
  requestedAt!: string;

  @ApiProperty({ example: 'client:0199aaaa-0000-7000-8000-000000000001' })
  requestedBy!: string;

  @ApiProperty({ type: UpstreamResponse, nullable: true })
  upstream!: UpstreamResponse | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Counts, and the receipts of the connections of a deleted user.',
    example: { accounts: 2, transactions: 412, secretsShredded: 2, eventsKept: 9 },
  })
  what!: Deleted;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  completedAt!: string | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Its place in the chain of receipts.' })
  seq!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Of the receipt before it.' })
  previousHash!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'SHA-256 of the receipt and of the hash before it.' })
  hash!: string | null;
}

export class DeletionPageResponse {
  @ApiProperty({ type: [DeletionResponse] })
  data!: DeletionResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export function toDeletionResponse(receipt: DeletionReceipt): DeletionResponse {
  const { id, subjectKind, subjectId, userId, provider, requestedBy, what, seq, previousHash, hash } = receipt;
  const { requestedAt, upstreamAnswer, upstreamAt, completedAt } = receipt;
  return {
    id,
    status: completedAt ? 'completed' : 'pending',
    subject: { kind: subjectKind, id: subjectId },
    userId,
    provider,
    requestedAt: requestedAt.toISOString(),
    requestedBy,
    upstream: upstreamAnswer && upstreamAt ? { answer: upstreamAnswer, at: upstreamAt.toISOString() } : null,
    what,
    completedAt: completedAt?.toISOString() ?? null,
    seq,
    previousHash,
    hash,
  };
}
