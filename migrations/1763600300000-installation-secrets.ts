import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Random secrets of this installation, made once and sealed with its encryption keys. */
export class InstallationSecrets1763600300000 implements MigrationInterface {
  readonly name = 'InstallationSecrets1763600300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE installation_secrets (
        name text PRIMARY KEY,
        sealed text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE installation_secrets`);
  }
}
