import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events that go out, who wants them, and how far each delivery is. */
export class WebhooksOutbound1763700300000 implements MigrationInterface {
  readonly name = 'WebhooksOutbound1763700300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhook_endpoints (
        id uuid PRIMARY KEY,
        owner text NOT NULL,
        client_id uuid REFERENCES clients (id),
        url text NOT NULL,
        events text[] NOT NULL DEFAULT '{}',
        user_id uuid,
        description text,
        disabled_reason text,
        disabled_at timestamptz,
        secret_sealed text NOT NULL,
        previous_secret_sealed text,
        previous_secret_until timestamptz,
        failing_since timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT webhook_endpoints_disabled_has_a_reason CHECK ((disabled_reason IS NULL) = (disabled_at IS NULL)),
        CONSTRAINT webhook_endpoints_previous_secret_ends
          CHECK ((previous_secret_sealed IS NULL) = (previous_secret_until IS NULL))
      )`);
    await runner.query(`CREATE INDEX webhook_endpoints_by_owner ON webhook_endpoints (owner, id)`);
    await runner.query(`
      CREATE TABLE outgoing_events (
        id uuid PRIMARY KEY,
        seq bigserial NOT NULL UNIQUE,
        type text NOT NULL,
        user_id uuid NOT NULL,
        connection_id uuid,
        data jsonb NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX outgoing_events_by_time ON outgoing_events (created_at)`);
    await runner.query(`
      CREATE TABLE webhook_deliveries (
        id uuid PRIMARY KEY,
        number bigserial NOT NULL UNIQUE,
        endpoint_id uuid NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
        event_id uuid NOT NULL REFERENCES outgoing_events (id) ON DELETE CASCADE,
        seq bigint NOT NULL,
        connection_id uuid,
        status text NOT NULL CHECK (status IN ('pending', 'delivered', 'dead', 'skipped')),
        attempts integer NOT NULL DEFAULT 0,
        tries integer NOT NULL DEFAULT 0,
        first_tried_at timestamptz,
        next_attempt_at timestamptz NOT NULL,
        claimed_until timestamptz,
        last_status integer,
        last_error text,
        response_excerpt text,
        log jsonb NOT NULL DEFAULT '[]',
        created_at timestamptz NOT NULL,
        delivered_at timestamptz,
        UNIQUE (endpoint_id, event_id)
      )`);
    await runner.query(`CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event_id)`);
    await runner.query(`CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, number)`);
    await runner.query(`
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE status = 'pending'`);
    await runner.query(`
      CREATE INDEX webhook_deliveries_claimed ON webhook_deliveries (endpoint_id)
        WHERE status = 'pending' AND claimed_until IS NOT NULL`);
    await runner.query(`
      CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (endpoint_id, number) WHERE status = 'dead'`);
    await runner.query(`
      CREATE INDEX webhook_deliveries_in_line ON webhook_deliveries (endpoint_id, connection_id, seq)
        WHERE status = 'pending'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE webhook_deliveries, outgoing_events, webhook_endpoints`);
  }
}
