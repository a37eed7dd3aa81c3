import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the earlier parts of an unfinished reading could not give: the part that ends it does not know. */
export class ReadingParts1763701300000 implements MigrationInterface {
  readonly name = 'ReadingParts1763701300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE data_readings ADD COLUMN reading_missing text[] NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE data_readings DROP COLUMN reading_missing`);
  }
}
