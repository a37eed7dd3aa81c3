import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A new account that may be one of ours: a person must say. */
@Entity('account_match_questions')
export class AccountMatchQuestionEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId!: string;

  /** The new account. */
  @Column('uuid', { name: 'account_id' })
  accountId!: string;

  @Column('uuid', { array: true })
  candidates!: string[];

  @Column('timestamptz', { name: 'asked_at' })
  askedAt!: Date;

  @Column('timestamptz', { name: 'resolved_at', nullable: true })
  resolvedAt!: Date | null;

  @Column('text', { name: 'resolved_by', nullable: true })
  resolvedBy!: string | null;

  @Column('uuid', { name: 'merged_into', nullable: true })
  mergedInto!: string | null;
}
