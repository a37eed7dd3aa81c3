import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Few connections are claimed at any moment; those whose claim was never given back are found at once. */
export class AbandonedLeases1763700110000 implements MigrationInterface {
  readonly name = 'AbandonedLeases1763700110000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX connections_leased ON connections (lease_until) WHERE lease_until IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX connections_leased`);
  }
}
