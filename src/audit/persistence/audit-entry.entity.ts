import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { AuditEntry } from '../audit-log.js';

/** Append-only; the database refuses changes. */
@Entity('audit_entries')
export class AuditEntryEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  actor!: string;

  @Column('text')
  action!: string;

  @Column('text')
  subject!: string;

  @Column('text', { name: 'request_id', nullable: true })
  requestId!: string | null;

  @Column('jsonb')
  detail!: NonNullable<AuditEntry['detail']>;
}
