import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users, their connections, the history of each, and creations that are under way at a provider. */
export class Connections1763600100000 implements MigrationInterface {
  readonly name = 'Connections1763600100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id uuid PRIMARY KEY,
        external_user_id text NOT NULL,
        market text,
        locale text,
        created_at timestamptz NOT NULL,
        deletion_requested_at timestamptz,
        deletion_due_at timestamptz,
        deleted_at timestamptz
      )`);
    await runner.query(`CREATE INDEX users_to_delete ON users (deletion_due_at) WHERE deletion_due_at IS NOT NULL`);
    await runner.query(`
      CREATE UNIQUE INDEX users_external_user_id_live ON users (external_user_id) WHERE deleted_at IS NULL`);
    await runner.query(`
      CREATE TABLE provider_users (
        user_id uuid NOT NULL REFERENCES users (id),
        provider text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, provider)
      )`);
    await runner.query(`
      CREATE TABLE connections (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users (id),
        external_user_id text NOT NULL,
        provider text NOT NULL,
        institution_id text NOT NULL,
        institution_name text NOT NULL,
        reference text,
        credential_sealed text,
        credential_lookup text,
        fingerprint text,
        state text NOT NULL,
        cause text NOT NULL,
        state_since timestamptz NOT NULL,
        provider_status text NOT NULL,
        provider_status_at timestamptz,
        challenge_sealed text,
        session_sealed text,
        challenge_expires_at timestamptz,
        consent_expires_at timestamptz,
        consent_renewable_from timestamptz,
        data_as_of timestamptz,
        degraded_groups text[] NOT NULL DEFAULT '{}',
        last_attempt_at timestamptz,
        last_success_at timestamptz,
        next_sync_at timestamptz,
        next_watch_at timestamptz,
        retry_at timestamptz,
        consecutive_failures integer NOT NULL DEFAULT 0,
        wrong_login_count integer NOT NULL DEFAULT 0,
        sync_paused_at timestamptz,
        observed_at timestamptz,
        fence integer NOT NULL DEFAULT 0,
        lease_until timestamptz,
        lease_owner text,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz,
        CONSTRAINT connections_challenge_belongs_to_its_state
          CHECK (challenge_sealed IS NULL OR state = 'awaiting_user'),
        CONSTRAINT connections_session_belongs_to_movement
          CHECK (session_sealed IS NULL OR state IN ('pending', 'authenticating', 'awaiting_user', 'syncing')),
        CONSTRAINT connections_deleted_holds_no_secret
          CHECK (state <> 'deleted' OR (credential_sealed IS NULL AND fingerprint IS NULL AND deleted_at IS NOT NULL))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX connections_credential_live ON connections (provider, credential_lookup)
        WHERE deleted_at IS NULL`);
    await runner.query(`
      CREATE UNIQUE INDEX connections_fingerprint_live ON connections (fingerprint) WHERE deleted_at IS NULL`);
    await runner.query(`CREATE INDEX connections_by_user ON connections (user_id, id)`);
    await runner.query(
      `CREATE INDEX connections_to_watch ON connections (next_watch_at) WHERE next_watch_at IS NOT NULL`,
    );
    await runner.query(`
      CREATE TABLE connection_events (
        connection_id uuid NOT NULL REFERENCES connections (id),
        seq integer NOT NULL,
        at timestamptz NOT NULL,
        provider_at timestamptz,
        from_state text,
        to_state text NOT NULL,
        cause text NOT NULL,
        trigger text NOT NULL,
        actor text NOT NULL,
        request_id text,
        evidence jsonb NOT NULL,
        PRIMARY KEY (connection_id, seq)
      )`);
    await runner.query(`
      CREATE FUNCTION connection_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'connection_events is append-only';
      END $$`);
    await runner.query(`
      CREATE TRIGGER connection_events_append_only BEFORE UPDATE OR DELETE ON connection_events
        FOR EACH ROW EXECUTE FUNCTION connection_events_are_append_only()`);
    await runner.query(`
      CREATE TRIGGER connection_events_never_emptied BEFORE TRUNCATE ON connection_events
        FOR EACH STATEMENT EXECUTE FUNCTION connection_events_are_append_only()`);
    await runner.query(`
      CREATE TABLE connection_creations (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users (id),
        external_user_id text NOT NULL,
        provider text NOT NULL,
        institution_id text NOT NULL,
        institution_name text NOT NULL,
        reference text,
        fingerprint text UNIQUE,
        actor text NOT NULL,
        request_id text,
        created_at timestamptz NOT NULL,
        recover_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX connection_creations_to_recover ON connection_creations (recover_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE connection_creations`);
    await runner.query(`DROP TABLE connection_events`);
    await runner.query(`DROP FUNCTION connection_events_are_append_only()`);
    await runner.query(`DROP TABLE connections`);
    await runner.query(`DROP TABLE provider_users`);
    await runner.query(`DROP TABLE users`);
  }
}
