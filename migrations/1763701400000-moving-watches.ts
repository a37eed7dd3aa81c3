import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What moves or is being deleted is found without the settled connections that have been due for longer. */
export class MovingWatches1763701400000 implements MigrationInterface {
  readonly name = 'MovingWatches1763701400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX connections_to_follow ON connections (provider, next_watch_at)
        WHERE next_watch_at IS NOT NULL
          AND state IN ('pending', 'authenticating', 'awaiting_user', 'syncing', 'deleting')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX connections_to_follow`);
  }
}
