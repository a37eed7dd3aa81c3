import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was deleted, for whom, with which answer of the provider; and the chain that shows when a receipt was touched. */
export class DeletionReceipts1763700700000 implements MigrationInterface {
  readonly name = 'DeletionReceipts1763700700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE deletion_receipts (
        id uuid PRIMARY KEY,
        subject_kind text NOT NULL CHECK (subject_kind IN ('connection', 'user')),
        subject_id uuid NOT NULL,
        user_id uuid NOT NULL,
        provider text,
        requested_at timestamptz NOT NULL,
        requested_by text NOT NULL,
        upstream_answer text,
        upstream_at timestamptz,
        what jsonb NOT NULL DEFAULT '{}',
        completed_at timestamptz,
        seq bigint UNIQUE,
        previous_hash text,
        hash text,
        CONSTRAINT deletion_receipts_one_for_subject UNIQUE (subject_kind, subject_id),
        CONSTRAINT deletion_receipts_complete_is_chained
          CHECK (num_nonnulls(completed_at, seq, previous_hash, hash) IN (0, 4)),
        CONSTRAINT deletion_receipts_complete_has_an_answer
          CHECK (completed_at IS NULL OR (upstream_answer IS NOT NULL AND upstream_at IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX deletion_receipts_by_user ON deletion_receipts (user_id, id)`);
    await runner.query(`
      CREATE FUNCTION complete_deletion_receipts_stay() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'a complete deletion receipt does not change';
      END $$`);
    await runner.query(`
      CREATE TRIGGER deletion_receipts_stay BEFORE UPDATE OR DELETE ON deletion_receipts
        FOR EACH ROW WHEN (OLD.completed_at IS NOT NULL) EXECUTE FUNCTION complete_deletion_receipts_stay()`);
    await runner.query(`
      CREATE TABLE deletion_chain (
        is_head boolean PRIMARY KEY CHECK (is_head),
        seq bigint NOT NULL,
        hash text NOT NULL
      )`);
    await runner.query(`INSERT INTO deletion_chain (is_head, seq, hash) VALUES (true, 0, repeat('0', 64))`);
    // A deleted user's events are looked for, to take the name out of them.
    await runner.query(`CREATE INDEX outgoing_events_by_user ON outgoing_events (user_id, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX outgoing_events_by_user`);
    await runner.query(`DROP TABLE deletion_chain`);
    await runner.query(`DROP TABLE deletion_receipts`);
    await runner.query(`DROP FUNCTION complete_deletion_receipts_stay()`);
  }
}
