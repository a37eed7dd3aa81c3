import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work that repeats: when it is due, who does it now, how it went. */
export class ScheduledTasks1763700000000 implements MigrationInterface {
  readonly name = 'ScheduledTasks1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE scheduled_tasks (
        name text PRIMARY KEY,
        enabled boolean NOT NULL,
        every_ms integer NOT NULL CHECK (every_ms > 0),
        owner text,
        fence integer NOT NULL DEFAULT 0,
        lease_until timestamptz,
        next_run_at timestamptz NOT NULL,
        run_requested_at timestamptz,
        last_started_at timestamptz,
        last_finished_at timestamptz,
        last_result text,
        last_error text,
        last_duration_ms integer,
        CONSTRAINT scheduled_tasks_owner_has_lease CHECK ((owner IS NULL) = (lease_until IS NULL))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE scheduled_tasks`);
  }
}
