import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds bodies in what is dealt with. There are none but those that an older version left: the index stays empty. */
export class InboxBodiesLeft1763701210000 implements MigrationInterface {
  readonly name = 'InboxBodiesLeft1763701210000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX webhook_inbox_body_left ON webhook_inbox (id)
        WHERE body_sealed IS NOT NULL AND processed_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX webhook_inbox_body_left`);
  }
}
