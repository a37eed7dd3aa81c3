import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks that came in, and the endpoints that we registered at vendors for them. */
export class WebhooksInbound1763700400000 implements MigrationInterface {
  readonly name = 'WebhooksInbound1763700400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhook_inbox (
        id uuid PRIMARY KEY,
        provider text NOT NULL,
        digest text NOT NULL,
        subject text,
        body_sealed text,
        status text NOT NULL,
        data_changed boolean NOT NULL DEFAULT false,
        late boolean NOT NULL DEFAULT false,
        retries smallint NOT NULL DEFAULT 0,
        hint_at timestamptz,
        sent_at timestamptz,
        received_at timestamptz NOT NULL,
        retry_at timestamptz,
        processed_at timestamptz,
        CONSTRAINT webhook_inbox_status
          CHECK (status IN ('received', 'processed', 'collapsed', 'unmatched', 'ignored', 'malformed')),
        CONSTRAINT webhook_inbox_open_is_whole
          CHECK (status NOT IN ('received', 'unmatched') OR (subject IS NOT NULL AND body_sealed IS NOT NULL))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX webhook_inbox_open_once ON webhook_inbox (provider, digest)
        WHERE status IN ('received', 'unmatched')`);
    await runner.query(`CREATE INDEX webhook_inbox_by_digest ON webhook_inbox (digest, received_at)`);
    await runner.query(`
      CREATE INDEX webhook_inbox_waiting ON webhook_inbox (provider, subject, id) WHERE status = 'received'`);
    await runner.query(`CREATE INDEX webhook_inbox_to_retry ON webhook_inbox (retry_at) WHERE retry_at IS NOT NULL`);
    await runner.query(`CREATE INDEX webhook_inbox_to_prune ON webhook_inbox (processed_at)`);
    await runner.query(`
      CREATE TABLE webhook_registrations (
        id uuid PRIMARY KEY,
        provider text NOT NULL,
        url text NOT NULL,
        vendor_id_sealed text,
        secret_sealed text,
        claimed_until timestamptz,
        created_at timestamptz NOT NULL,
        CONSTRAINT webhook_registrations_one_for_url UNIQUE (provider, url)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE webhook_registrations`);
    await runner.query(`DROP TABLE webhook_inbox`);
  }
}
