import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which due syncs wait in a queue. A table of its own: marking the connections themselves would write every index of
 * theirs for each choice. Nothing but the key is indexed, so that a row is overwritten in its page.
 */
export class SyncHolds1763701000000 implements MigrationInterface {
  readonly name = 'SyncHolds1763701000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sync_holds (
        connection_id uuid PRIMARY KEY,
        due_at timestamptz NOT NULL,
        until timestamptz NOT NULL
      ) WITH (fillfactor = 50)`);
    // Room for new versions of a row beside the old one.
    await runner.query(`ALTER TABLE connections SET (fillfactor = 80)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE connections RESET (fillfactor)`);
    await runner.query(`DROP TABLE sync_holds`);
  }
}
