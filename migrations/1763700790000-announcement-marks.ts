import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For which date of its clocks something was told of a connection. Apart from the indexes: this one locks for a moment only. */
export class AnnouncementMarks1763700790000 implements MigrationInterface {
  readonly name = 'AnnouncementMarks1763700790000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE connections
        ADD COLUMN stale_told_for timestamptz,
        ADD COLUMN expiry_told_for timestamptz,
        ADD COLUMN end_told_for timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE connections DROP COLUMN stale_told_for, DROP COLUMN expiry_told_for, DROP COLUMN end_told_for`);
  }
}
