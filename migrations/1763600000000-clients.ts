import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Clients, the hashes of their keys, and the audit log. */
export class Clients1763600000000 implements MigrationInterface {
  readonly name = 'Clients1763600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE clients (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL,
        created_by text NOT NULL,
        revoked_at timestamptz
      )`);
    await runner.query(`
      CREATE TABLE client_keys (
        key_id text PRIMARY KEY,
        client_id uuid NOT NULL REFERENCES clients (id),
        secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
        created_at timestamptz NOT NULL,
        revoked_at timestamptz
      )`);
    await runner.query(`CREATE INDEX client_keys_by_client ON client_keys (client_id)`);
    await runner.query(`
      CREATE TABLE audit_entries (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        subject text NOT NULL,
        request_id text,
        detail jsonb NOT NULL
      )`);
    await runner.query(`
      CREATE FUNCTION audit_entries_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_entries is append-only';
      END $$`);
    await runner.query(`
      CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
        FOR EACH ROW EXECUTE FUNCTION audit_entries_are_append_only()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE audit_entries`);
    await runner.query(`DROP FUNCTION audit_entries_are_append_only()`);
    await runner.query(`DROP TABLE client_keys`);
    await runner.query(`DROP TABLE clients`);
  }
}
