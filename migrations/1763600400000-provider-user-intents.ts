import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A user is written down before a provider is told of them, so that a crash in between leaves nobody there unknown. */
export class ProviderUserIntents1763600400000 implements MigrationInterface {
  readonly name = 'ProviderUserIntents1763600400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE provider_users ADD COLUMN confirmed boolean NOT NULL DEFAULT true`);
    await runner.query(`ALTER TABLE provider_users ALTER COLUMN confirmed DROP DEFAULT`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE provider_users DROP COLUMN confirmed`);
  }
}
