import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A deletion keeps the handle on work that a provider has not ended: it tells what must be deleted. */
export class DeletionSession1763701100000 implements MigrationInterface {
  readonly name = 'DeletionSession1763701100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE connections DROP CONSTRAINT connections_session_belongs_to_movement,
        ADD CONSTRAINT connections_session_belongs_to_movement CHECK (session_sealed IS NULL
          OR state IN ('pending', 'authenticating', 'awaiting_user', 'syncing', 'deleting'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE connections SET session_sealed = NULL WHERE state = 'deleting'`);
    await runner.query(`
      ALTER TABLE connections DROP CONSTRAINT connections_session_belongs_to_movement,
        ADD CONSTRAINT connections_session_belongs_to_movement CHECK (session_sealed IS NULL
          OR state IN ('pending', 'authenticating', 'awaiting_user', 'syncing'))`);
  }
}
