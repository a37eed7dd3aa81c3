import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How fast each provider may be called, over all processes, and whether an operator switched it off. */
export class ProviderPace1763700600000 implements MigrationInterface {
  readonly name = 'ProviderPace1763700600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE provider_pace (
        provider text PRIMARY KEY,
        enabled boolean NOT NULL DEFAULT true,
        paused_until timestamptz,
        paused_reason text,
        next_free_at timestamptz
      )`);
    await runner.query(`
      CREATE TABLE provider_places (
        provider text NOT NULL REFERENCES provider_pace (provider),
        process text NOT NULL,
        attended boolean NOT NULL,
        places integer NOT NULL,
        wanted integer NOT NULL,
        lease_until timestamptz NOT NULL,
        PRIMARY KEY (provider, process, attended)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE provider_places`);
    await runner.query(`DROP TABLE provider_pace`);
  }
}
