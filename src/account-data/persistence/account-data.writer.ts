import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { ProviderAccount } from '../../credentials/account-data.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import { Ids } from '../../platform/ids/ids.js';
import type { IncomingAccount } from '../domain/account.js';
import type { HoldingFacts, HoldingMerge, KnownHolding } from '../domain/holding.js';
import type { TransactionMerge, TransactionWrite } from '../domain/merge-transactions.js';
import type { AccountPlan } from '../domain/plan-merge.js';
import { ReadingMapper } from './reading.mapper.js';

/** Rows in one statement. */
const BATCH = 2_000;

const ACCOUNT_COLUMNS = `id uuid, vendor_sealed text, vendor_lookup text, iban_sealed text, iban_lookup text,
  number_sealed text, number_lookup text, number_masked boolean, kind text, name text, holder_name text,
  currency text, balances jsonb, as_of timestamptz`;
const TRANSACTION_COLUMNS = `id uuid, account_id uuid, vendor_lookup text, content_key text, ordinal integer, status text,
  amount numeric, currency text, day date, value_day date, description text, counterparty text, balance_after numeric`;
const HOLDING_COLUMNS = `id uuid, account_id uuid, vendor_lookup text, name text, isin text, quantity numeric,
  price_amount numeric, price_currency text, value_amount numeric, value_currency text, cost_amount numeric,
  cost_currency text, as_of timestamptz`;

const namesOf = (columns: string): string[] => columns.split(',').map((column) => column.trim().split(' ')[0] ?? '');
const listOf = (columns: string): string => namesOf(columns).join(', ');
const setOf = (columns: string): string =>
  namesOf(columns)
    .filter((name) => name !== 'id')
    .map((name) => `${name} = t.${name}`)
    .join(', ');

export interface WriteContext {
  readonly connectionId: string;
  readonly userId: string;
  readonly now: Date;
  /** What the provider gave, by the look-up hash of the vendor's id: from here the secrets are sealed. */
  readonly sources: ReadonlyMap<string, ProviderAccount>;
}

/** Writes what a merge planned, many rows in one statement. The reading's claim must be held by the transaction. */
@Injectable()
export class AccountDataWriter {
  constructor(
    private readonly sealer: Sealer,
    private readonly mapper: ReadingMapper,
    private readonly ids: Ids,
  ) {}

  async writeAccounts(manager: EntityManager, plan: AccountPlan, context: WriteContext): Promise<void> {
    const { connectionId, userId, now } = context;
    const rowsOf = (accounts: AccountPlan['added']) => accounts.map((each) => this.accountRow(each, context));
    await inBatches(rowsOf(plan.added), async (json) => {
      await manager.query(
        `INSERT INTO accounts (${listOf(ACCOUNT_COLUMNS)}, connection_id, user_id, first_seen_at, last_seen_at)
          SELECT t.*, $2, $3, $4, $4 FROM json_to_recordset($1::json) AS t(${ACCOUNT_COLUMNS})`,
        [json, connectionId, userId, now],
      );
    });
    await inBatches(rowsOf(plan.changed), async (json) => {
      await manager.query(
        `UPDATE accounts AS a SET ${setOf(ACCOUNT_COLUMNS)}, last_seen_at = $2, closed_at = NULL
          FROM json_to_recordset($1::json) AS t(${ACCOUNT_COLUMNS}) WHERE a.id = t.id`,
        [json, now],
      );
    });
    if (plan.closed.length > 0) {
      await manager.query(`UPDATE accounts SET closed_at = $2 WHERE id = ANY($1::uuid[])`, [plan.closed, now]);
    }
    const questions = plan.questions.map((question) => ({ ...question, id: this.ids.next() }));
    for (const { id, accountId, candidates } of questions) {
      await manager.query(
        `INSERT INTO account_match_questions (id, connection_id, account_id, candidates, asked_at)
          VALUES ($1, $2, $3, $4, $5)`,
        [id, connectionId, accountId, candidates, now],
      );
    }
  }

  async writeTransactions(
    manager: EntityManager,
    { added, changed, removed }: TransactionMerge,
    { connectionId, now }: Pick<WriteContext, 'connectionId' | 'now'>,
  ): Promise<void> {
    // Removed first, and numbers are never given again within a merge: no order of rows meets a taken identity.
    if (removed.length > 0) await manager.query(`DELETE FROM transactions WHERE id = ANY($1::uuid[])`, [removed]);
    const changedRows = changed.map(({ id, ...write }) => this.transactionRow(id, write));
    await inBatches(changedRows, async (json) => {
      await manager.query(
        `UPDATE transactions AS x SET ${setOf(TRANSACTION_COLUMNS)}, updated_at = $2
          FROM json_to_recordset($1::json) AS t(${TRANSACTION_COLUMNS}) WHERE x.id = t.id`,
        [json, now],
      );
    });
    const addedRows = added.map((write) => this.transactionRow(this.ids.next(), write));
    await inBatches(addedRows, async (json) => {
      await manager.query(
        `INSERT INTO transactions (${listOf(TRANSACTION_COLUMNS)}, connection_id, first_seen_at, updated_at)
          SELECT t.*, $2, $3, $3 FROM json_to_recordset($1::json) AS t(${TRANSACTION_COLUMNS}) ON CONFLICT DO NOTHING`,
        [json, connectionId, now],
      );
    });
  }

  async writeHoldings(
    manager: EntityManager,
    { added, changed, removed }: HoldingMerge,
    { connectionId }: Pick<WriteContext, 'connectionId'>,
  ): Promise<void> {
    if (removed.length > 0) await manager.query(`DELETE FROM holdings WHERE id = ANY($1::uuid[])`, [removed]);
    await inBatches(changed.map(holdingRow), async (json) => {
      await manager.query(
        `UPDATE holdings AS h SET ${setOf(HOLDING_COLUMNS)}
          FROM json_to_recordset($1::json) AS t(${HOLDING_COLUMNS}) WHERE h.id = t.id`,
        [json],
      );
    });
    const fresh = added.map((facts: HoldingFacts) => holdingRow({ ...facts, id: this.ids.next() }));
    await inBatches(fresh, async (json) => {
      await manager.query(
        `INSERT INTO holdings (${listOf(HOLDING_COLUMNS)}, connection_id)
          SELECT t.*, $2 FROM json_to_recordset($1::json) AS t(${HOLDING_COLUMNS})`,
        [json, connectionId],
      );
    });
  }

  private accountRow({ id, incoming }: AccountPlan['added'][number], { sources }: WriteContext): object {
    const source = sources.get(incoming.vendorLookup);
    if (!source) throw new TypeError('An account that no provider gave cannot be written.');
    const seal = (secret: SecretValue | null, field: string) =>
      secret && this.sealer.seal(secret, { table: 'accounts', row: id, field });
    return { ...plainColumns(incoming), ...this.sealedColumns(source, seal), id };
  }

  private sealedColumns(
    { vendorId, iban, number }: ProviderAccount,
    seal: (secret: SecretValue | null, field: string) => string | null,
  ): object {
    return {
      vendor_sealed: seal(vendorId, 'vendor_sealed'),
      iban_sealed: seal(iban, 'iban_sealed'),
      number_sealed: seal(number, 'number_sealed'),
    };
  }

  private transactionRow(id: string, { facts, content, ordinal }: TransactionWrite): object {
    const { accountId, vendorLookup, valueDay, balanceAfter, ...same } = facts;
    return {
      ...same,
      id,
      account_id: accountId,
      vendor_lookup: vendorLookup,
      content_key: content === null ? null : this.mapper.contentKey(accountId, content),
      ordinal,
      value_day: valueDay,
      balance_after: balanceAfter,
    };
  }
}

function plainColumns(account: IncomingAccount): object {
  return {
    vendor_lookup: account.vendorLookup,
    iban_lookup: account.ibanLookup,
    number_lookup: account.numberLookup,
    number_masked: account.numberMasked,
    kind: account.kind,
    name: account.name,
    holder_name: account.holderName,
    currency: account.currency,
    balances: account.balances,
    as_of: account.asOf,
  };
}

function holdingRow({
  id,
  accountId,
  vendorLookup,
  price,
  marketValue,
  costBasis,
  asOf,
  ...same
}: KnownHolding): object {
  return {
    ...same,
    id,
    account_id: accountId,
    vendor_lookup: vendorLookup,
    price_amount: price?.amount,
    price_currency: price?.currency,
    value_amount: marketValue?.amount,
    value_currency: marketValue?.currency,
    cost_amount: costBasis?.amount,
    cost_currency: costBasis?.currency,
    as_of: asOf,
  };
}

async function inBatches(rows: readonly object[], write: (json: string) => Promise<void>): Promise<void> {
  for (let from = 0; from < rows.length; from += BATCH) await write(JSON.stringify(rows.slice(from, from + BATCH)));
}
