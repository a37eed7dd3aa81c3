import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers of mutating calls, kept for a day under the caller's own key, so that a repeat is answered and not done again. */
export class Idempotency1763700500000 implements MigrationInterface {
  readonly name = 'Idempotency1763700500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        key_hash text PRIMARY KEY,
        caller text NOT NULL,
        request_digest text NOT NULL,
        state text NOT NULL,
        owner text NOT NULL,
        lease_until timestamptz NOT NULL,
        status integer,
        headers jsonb,
        body_sealed text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT idempotency_keys_states CHECK (state IN ('running', 'done')),
        CONSTRAINT idempotency_keys_done_has_an_answer
          CHECK (state = 'running' OR (status IS NOT NULL AND headers IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX idempotency_keys_to_prune ON idempotency_keys (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency_keys`);
  }
}
