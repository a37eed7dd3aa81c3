import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Deleted, SubjectKind, UpstreamAnswer } from '../deletion-receipt.js';

@Entity('deletion_receipts')
export class DeletionReceiptEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text', { name: 'subject_kind' })
  subjectKind!: SubjectKind;

  @Column('uuid', { name: 'subject_id' })
  subjectId!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text', { nullable: true })
  provider!: string | null;

  @Column('timestamptz', { name: 'requested_at' })
  requestedAt!: Date;

  @Column('text', { name: 'requested_by' })
  requestedBy!: string;

  @Column('text', { name: 'upstream_answer', nullable: true })
  upstreamAnswer!: UpstreamAnswer | null;

  @Column('timestamptz', { name: 'upstream_at', nullable: true })
  upstreamAt!: Date | null;

  @Column('jsonb')
  what!: Deleted;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt!: Date | null;

  /** TypeORM gives big integers as text. */
  @Column('bigint', { nullable: true })
  seq!: string | null;

  @Column('text', { name: 'previous_hash', nullable: true })
  previousHash!: string | null;

  @Column('text', { nullable: true })
  hash!: string | null;
}
