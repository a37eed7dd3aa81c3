import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Credentials that no connection uses any more and that are still to be deleted at their provider. */
export class FormerCredentials1763700900000 implements MigrationInterface {
  readonly name = 'FormerCredentials1763700900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE former_credentials (
        id uuid PRIMARY KEY,
        connection_id uuid REFERENCES connections (id),
        user_id uuid NOT NULL,
        provider text NOT NULL,
        credential_sealed text NOT NULL,
        credential_lookup text NOT NULL,
        reason text NOT NULL,
        created_at timestamptz NOT NULL,
        due_at timestamptz,
        leased_until timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        last_failure text
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX former_credentials_credential ON former_credentials (provider, credential_lookup)`,
    );
    await runner.query(`CREATE INDEX former_credentials_of_connection ON former_credentials (connection_id)`);
    await runner.query(`CREATE INDEX former_credentials_due ON former_credentials (due_at) WHERE due_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE former_credentials`);
  }
}
