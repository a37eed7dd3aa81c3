import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The indexes of what is untold hold only that; the last one finds the newest attempts, for explanations. */
export class Announcements1763700800000 implements MigrationInterface {
  readonly name = 'Announcements1763700800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX connections_stale_untold ON connections ((coalesce(data_as_of, created_at)))
        WHERE deleted_at IS NULL AND state <> 'deleting'
          AND stale_told_for IS DISTINCT FROM coalesce(data_as_of, created_at)`);
    await runner.query(`
      CREATE INDEX connections_expiry_untold ON connections (consent_expires_at)
        WHERE deleted_at IS NULL AND state IN ('active', 'retrying') AND consent_expires_at IS NOT NULL
          AND expiry_told_for IS DISTINCT FROM consent_expires_at`);
    await runner.query(`
      CREATE INDEX connections_end_untold ON connections (consent_expires_at)
        WHERE deleted_at IS NULL AND state IN ('active', 'retrying') AND consent_expires_at IS NOT NULL
          AND end_told_for IS DISTINCT FROM consent_expires_at`);
    await runner.query(`CREATE INDEX refresh_attempts_newest ON refresh_attempts (connection_id, started_at DESC)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX refresh_attempts_newest`);
    await runner.query(`DROP INDEX connections_end_untold`);
    await runner.query(`DROP INDEX connections_expiry_untold`);
    await runner.query(`DROP INDEX connections_stale_untold`);
  }
}
