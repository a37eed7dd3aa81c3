import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Hosted visits of users at a provider's page. */
export class LinkSessions1763600200000 implements MigrationInterface {
  readonly name = 'LinkSessions1763600200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE link_sessions (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users (id),
        external_user_id text NOT NULL,
        provider text NOT NULL,
        institution_id text,
        purpose text NOT NULL,
        connection_id uuid REFERENCES connections (id),
        redirect_url text NOT NULL,
        locale text,
        reference text,
        status text NOT NULL,
        cause text,
        problem text,
        state_hash text NOT NULL UNIQUE,
        state_sealed text,
        handle_sealed text,
        actor text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        recover_at timestamptz,
        completed_at timestamptz,
        CONSTRAINT link_sessions_over_hold_no_secret
          CHECK (status IN ('open', 'completing') OR (state_sealed IS NULL AND handle_sealed IS NULL))
      )`);
    await runner.query(`CREATE INDEX link_sessions_by_user ON link_sessions (user_id)`);
    await runner.query(`
      CREATE INDEX link_sessions_to_recover ON link_sessions (recover_at) WHERE recover_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE link_sessions`);
  }
}
