import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, transactions and holdings of all providers, the state of each connection's reading, and what follows. */
export class AccountData1763700200000 implements MigrationInterface {
  readonly name = 'AccountData1763700200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE data_readings (
        connection_id uuid PRIMARY KEY REFERENCES connections (id),
        provider text NOT NULL,
        loaded_as_of timestamptz,
        loaded_at timestamptz,
        as_of timestamptz,
        missing text[] NOT NULL DEFAULT '{}',
        booked_until date,
        pending_from date,
        cursor_sealed text,
        reading_since date,
        reading_started_at timestamptz,
        reading_has_parts boolean NOT NULL DEFAULT false,
        not_before timestamptz,
        next_attempt_at timestamptz,
        failures integer NOT NULL DEFAULT 0,
        last_failure text,
        fence integer NOT NULL DEFAULT 0,
        claimed_until timestamptz
      ) WITH (fillfactor = 80)`);
    await runner.query(
      `CREATE INDEX data_readings_due ON data_readings (next_attempt_at) WHERE next_attempt_at IS NOT NULL`,
    );
    await runner.query(`
      CREATE TABLE accounts (
        id uuid PRIMARY KEY,
        connection_id uuid NOT NULL REFERENCES connections (id),
        user_id uuid NOT NULL,
        vendor_sealed text NOT NULL,
        vendor_lookup text NOT NULL,
        iban_sealed text,
        iban_lookup text,
        number_sealed text,
        number_lookup text,
        number_masked boolean NOT NULL,
        kind text NOT NULL,
        name text,
        holder_name text,
        currency text NOT NULL,
        balances jsonb NOT NULL,
        as_of timestamptz,
        first_seen_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        closed_at timestamptz
      ) WITH (fillfactor = 80)`);
    await runner.query(`CREATE UNIQUE INDEX accounts_vendor ON accounts (connection_id, vendor_lookup)`);
    await runner.query(`
      CREATE TABLE transactions (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES accounts (id),
        connection_id uuid NOT NULL,
        vendor_lookup text,
        content_key text,
        ordinal integer,
        status text NOT NULL,
        amount numeric NOT NULL,
        currency text NOT NULL,
        day date NOT NULL,
        value_day date,
        description text NOT NULL,
        counterparty text,
        balance_after numeric,
        first_seen_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT transactions_have_one_identity
          CHECK ((vendor_lookup IS NULL) = (content_key IS NOT NULL AND ordinal IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX transactions_newest ON transactions (connection_id, day DESC, id DESC)`);
    await runner.query(`CREATE INDEX transactions_newest_of_account ON transactions (account_id, day DESC, id DESC)`);
    await runner.query(`CREATE INDEX transactions_pending ON transactions (connection_id) WHERE status = 'pending'`);
    await runner.query(`
      CREATE UNIQUE INDEX transactions_vendor ON transactions (account_id, vendor_lookup)
        WHERE vendor_lookup IS NOT NULL`);
    await runner.query(`
      CREATE UNIQUE INDEX transactions_content ON transactions (account_id, content_key, ordinal)
        WHERE vendor_lookup IS NULL`);
    await runner.query(`
      CREATE TABLE holdings (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES accounts (id),
        connection_id uuid NOT NULL,
        vendor_lookup text,
        name text NOT NULL,
        isin text,
        quantity numeric,
        price_amount numeric,
        price_currency text,
        value_amount numeric,
        value_currency text,
        cost_amount numeric,
        cost_currency text,
        as_of timestamptz
      ) WITH (fillfactor = 80)`);
    await runner.query(`CREATE INDEX holdings_of_connection ON holdings (connection_id, id)`);
    await runner.query(`CREATE INDEX holdings_of_account ON holdings (account_id)`);
    await runner.query(`
      CREATE TABLE statements (
        id uuid PRIMARY KEY,
        connection_id uuid NOT NULL REFERENCES connections (id),
        vendor_sealed text NOT NULL,
        vendor_lookup text NOT NULL,
        account_lookup text NOT NULL,
        name text NOT NULL,
        day date
      )`);
    await runner.query(`CREATE UNIQUE INDEX statements_vendor ON statements (connection_id, vendor_lookup)`);
    await runner.query(`
      CREATE TABLE statement_calls (
        connection_id uuid NOT NULL REFERENCES connections (id),
        subject text NOT NULL,
        cursor_sealed text NOT NULL,
        retry_at timestamptz NOT NULL,
        PRIMARY KEY (connection_id, subject)
      )`);
    await runner.query(`
      CREATE TABLE account_match_questions (
        id uuid PRIMARY KEY,
        connection_id uuid NOT NULL REFERENCES connections (id),
        account_id uuid NOT NULL,
        candidates uuid[] NOT NULL,
        asked_at timestamptz NOT NULL,
        resolved_at timestamptz,
        resolved_by text,
        merged_into uuid
      )`);
    await runner.query(
      `CREATE INDEX account_match_questions_open ON account_match_questions (id) WHERE resolved_at IS NULL`,
    );
    await runner.query(`CREATE INDEX account_match_questions_of_connection ON account_match_questions (connection_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = ['account_match_questions', 'statement_calls', 'statements', 'holdings', 'transactions', 'accounts'];
    for (const table of [...tables, 'data_readings']) await runner.query(`DROP TABLE ${table}`);
  }
}
