import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('scheduled_tasks')
export class ScheduledTaskEntity {
  @PrimaryColumn('text')
  name!: string;

  /** False = it runs only when somebody asks for it. */
  @Column('boolean')
  enabled!: boolean;

  @Column('integer', { name: 'every_ms' })
  everyMs!: number;

  /** The process that works on it, until `leaseUntil`. */
  @Column('text', { nullable: true })
  owner!: string | null;

  /** Counts runs. Whoever has an older number lost the task and writes nothing. */
  @Column('integer')
  fence!: number;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  @Column('timestamptz', { name: 'next_run_at' })
  nextRunAt!: Date;

  @Column('timestamptz', { name: 'run_requested_at', nullable: true })
  runRequestedAt!: Date | null;

  @Column('timestamptz', { name: 'last_started_at', nullable: true })
  lastStartedAt!: Date | null;

  @Column('timestamptz', { name: 'last_finished_at', nullable: true })
  lastFinishedAt!: Date | null;

  @Column('text', { name: 'last_result', nullable: true })
  lastResult!: string | null;

  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  @Column('integer', { name: 'last_duration_ms', nullable: true })
  lastDurationMs!: number | null;
}
