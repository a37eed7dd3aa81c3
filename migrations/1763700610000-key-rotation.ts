import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which encryption keys are in use, and how far each table is on its way to the current one. */
export class KeyRotation1763700610000 implements MigrationInterface {
  readonly name = 'KeyRotation1763700610000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE encryption_keys (
        id text PRIMARY KEY,
        first_used_at timestamptz NOT NULL
      )`);
    // What was sealed before there was a list: every installation has a secret, and most keys sealed a credential.
    await runner.query(`
      INSERT INTO encryption_keys (id, first_used_at)
      SELECT DISTINCT split_part(sealed, '.', 2), now() FROM (
        SELECT sealed FROM installation_secrets
        UNION ALL
        SELECT credential_sealed FROM connections WHERE credential_sealed IS NOT NULL
      ) AS stored`);
    await runner.query(`
      CREATE TABLE key_rotations (
        table_name text PRIMARY KEY,
        key_id text NOT NULL,
        position text,
        pass integer NOT NULL DEFAULT 1,
        pass_resealed bigint NOT NULL DEFAULT 0,
        resealed bigint NOT NULL DEFAULT 0,
        unreadable bigint NOT NULL DEFAULT 0,
        started_at timestamptz NOT NULL,
        finished_at timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE key_rotations`);
    await runner.query(`DROP TABLE encryption_keys`);
  }
}
