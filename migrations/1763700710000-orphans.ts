import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Credentials that a provider has and no connection knows, connections that a provider no longer knows, and how far the search is. */
export class Orphans1763700710000 implements MigrationInterface {
  readonly name = 'Orphans1763700710000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE orphans (
        id uuid PRIMARY KEY,
        provider text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('upstream', 'local')),
        status text NOT NULL CHECK (status IN ('suspected', 'open', 'deleted', 'ignored', 'gone')),
        credential_sealed text,
        credential_lookup text,
        user_id uuid,
        connection_id uuid REFERENCES connections (id),
        first_seen_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        reported_at timestamptz,
        resolved_at timestamptz,
        resolved_by text,
        CONSTRAINT orphans_upstream_has_a_credential CHECK ((kind = 'upstream') = (credential_lookup IS NOT NULL)),
        CONSTRAINT orphans_local_has_a_connection CHECK ((kind = 'local') = (connection_id IS NOT NULL)),
        CONSTRAINT orphans_over_hold_no_secret
          CHECK ((kind = 'upstream' AND status IN ('suspected', 'open', 'ignored')) = (credential_sealed IS NOT NULL))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX orphans_of_credential ON orphans (provider, credential_lookup) WHERE kind = 'upstream'`);
    await runner.query(`CREATE UNIQUE INDEX orphans_of_connection ON orphans (connection_id) WHERE kind = 'local'`);
    await runner.query(`CREATE INDEX orphans_by_status ON orphans (status, id)`);
    await runner.query(`
      CREATE TABLE reconcile_sweeps (
        provider text PRIMARY KEY,
        phase text NOT NULL CHECK (phase IN ('upstream', 'local', 'done')),
        started_at timestamptz NOT NULL,
        previous_started_at timestamptz,
        cursor_sealed text,
        after_id uuid,
        step integer NOT NULL DEFAULT 0
      )`);
    await runner.query(`
      CREATE TABLE reconcile_sightings (
        connection_id uuid PRIMARY KEY REFERENCES connections (id),
        seen_at timestamptz NOT NULL
      ) WITH (fillfactor = 80)`);
    await runner.query(`CREATE INDEX connections_of_provider ON connections (provider, id) WHERE deleted_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX connections_of_provider`);
    await runner.query(`DROP TABLE reconcile_sightings`);
    await runner.query(`DROP TABLE reconcile_sweeps`);
    await runner.query(`DROP TABLE orphans`);
  }
}
