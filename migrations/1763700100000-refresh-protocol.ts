import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Attempts that are written down before the provider is called, logins that a bank refused, and what is due for a sync. */
export class RefreshProtocol1763700100000 implements MigrationInterface {
  readonly name = 'RefreshProtocol1763700100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE refresh_attempts (
        id uuid PRIMARY KEY,
        connection_id uuid NOT NULL REFERENCES connections (id),
        fence integer NOT NULL,
        attended boolean NOT NULL,
        trigger text NOT NULL,
        reason text NOT NULL,
        started_at timestamptz NOT NULL,
        finished_at timestamptz,
        outcome text,
        spent boolean NOT NULL DEFAULT true
      )`);
    await runner.query(`
      CREATE INDEX refresh_attempts_of_connection ON refresh_attempts (connection_id, attended, started_at DESC)
        WHERE spent`);
    await runner.query(`
      CREATE INDEX refresh_attempts_unfinished ON refresh_attempts (connection_id) WHERE finished_at IS NULL`);
    await runner.query(`CREATE INDEX refresh_attempts_by_age ON refresh_attempts (started_at)`);
    await runner.query(`
      CREATE TABLE login_refusals (
        login_lookup text NOT NULL,
        input_lookup text NOT NULL,
        refused integer NOT NULL DEFAULT 0,
        tried_at timestamptz NOT NULL,
        PRIMARY KEY (login_lookup, input_lookup)
      )`);
    await runner.query(`CREATE INDEX login_refusals_by_age ON login_refusals (tried_at)`);
    await runner.query(`
      CREATE INDEX connections_to_sync ON connections (provider, next_sync_at) INCLUDE (id, user_id)
        WHERE next_sync_at IS NOT NULL AND sync_paused_at IS NULL`);
    await runner.query(`DROP INDEX connections_to_watch`);
    await runner.query(`
      CREATE INDEX connections_to_watch ON connections (provider, next_watch_at) WHERE next_watch_at IS NOT NULL`);
    // Connections from before there was a plan get their first turn within six hours, not all at once.
    await runner.query(`
      UPDATE connections SET next_sync_at = date_trunc('milliseconds', now() + random() * interval '6 hours')
        WHERE state = 'active' AND next_sync_at IS NULL AND deleted_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX connections_to_watch`);
    await runner.query(
      `CREATE INDEX connections_to_watch ON connections (next_watch_at) WHERE next_watch_at IS NOT NULL`,
    );
    await runner.query(`DROP INDEX connections_to_sync`);
    await runner.query(`UPDATE connections SET next_sync_at = NULL`);
    await runner.query(`DROP TABLE login_refusals`);
    await runner.query(`DROP TABLE refresh_attempts`);
  }
}
