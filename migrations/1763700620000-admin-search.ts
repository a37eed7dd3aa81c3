import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How operators find connections among a million: by what never changes, and by states that are rare. */
export class AdminSearch1763700620000 implements MigrationInterface {
  readonly name = 'AdminSearch1763700620000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX connections_by_reference ON connections (reference, id)
        WHERE reference IS NOT NULL AND deleted_at IS NULL`);
    await runner.query(`
      CREATE INDEX connections_in_trouble ON connections (state, cause, id)
        WHERE state IN ('awaiting_user', 'retrying', 'reauth_required', 'blocked', 'failed', 'deleting')
          AND deleted_at IS NULL`);
    await runner.query(`
      CREATE INDEX connections_paused ON connections (id) WHERE sync_paused_at IS NOT NULL AND deleted_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX connections_paused`);
    await runner.query(`DROP INDEX connections_in_trouble`);
    await runner.query(`DROP INDEX connections_by_reference`);
  }
}
