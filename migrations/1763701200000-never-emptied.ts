import type { MigrationInterface, QueryRunner } from 'typeorm';

/** TRUNCATE passes by triggers for rows: what refuses to be changed refuses to be emptied, too. */
export class NeverEmptied1763701200000 implements MigrationInterface {
  readonly name = 'NeverEmptied1763701200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TRIGGER audit_entries_never_emptied BEFORE TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_are_append_only()`);
    await runner.query(`
      CREATE TRIGGER deletion_receipts_never_emptied BEFORE TRUNCATE ON deletion_receipts
        FOR EACH STATEMENT EXECUTE FUNCTION complete_deletion_receipts_stay()`);
    await runner.query(`
      CREATE FUNCTION deletion_chain_keeps_its_head() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the chain of deletion receipts keeps its head';
      END $$`);
    await runner.query(`
      CREATE TRIGGER deletion_chain_never_emptied BEFORE TRUNCATE ON deletion_chain
        FOR EACH STATEMENT EXECUTE FUNCTION deletion_chain_keeps_its_head()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER deletion_chain_never_emptied ON deletion_chain`);
    await runner.query(`DROP FUNCTION deletion_chain_keeps_its_head()`);
    await runner.query(`DROP TRIGGER deletion_receipts_never_emptied ON deletion_receipts`);
    await runner.query(`DROP TRIGGER audit_entries_never_emptied ON audit_entries`);
  }
}
