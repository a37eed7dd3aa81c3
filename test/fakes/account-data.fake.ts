import type { CallContext } from '../../src/credentials/call-context.js';
import {
  AccountData,
  AccountStatements,
  type DataNotReady,
  type DataPage,
  type DataRequest,
  type ProviderAccount,
  type ProviderHolding,
  type ProviderTransaction,
  type StatementSummary,
} from '../../src/credentials/account-data.js';
import type { CredentialRef } from '../../src/credentials/credential-ref.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import { fail, ok, type Result } from '../../src/credentials/result.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';
import { Opened } from '../../src/platform/crypto/opened.js';

type Answer = DataPage | DataNotReady | ProviderFailure;
type Scripted = Answer | (() => Answer | Promise<Answer>);

export interface DataCall {
  readonly since: string | null;
  readonly cursor: string | null;
}

/** Plain words for a transaction; everything has a default. */
export interface TransactionWords {
  readonly id?: string | null;
  readonly account?: string;
  readonly replaces?: string;
  readonly status?: 'booked' | 'pending';
  readonly amount?: string;
  readonly day?: string;
  readonly text?: string;
  readonly counterparty?: string | null;
}

export interface AccountWords extends Partial<Omit<ProviderAccount, 'vendorId' | 'iban' | 'number'>> {
  readonly id: string;
  readonly iban?: string | null;
  readonly number?: string | null;
  readonly balance?: string;
}

export function providerAccount(words: AccountWords): ProviderAccount {
  const { id, iban = null, number = null, balance = '100.00', ...rest } = words;
  return {
    vendorId: new Opened(id),
    kind: 'checking',
    name: 'Everyday',
    holderName: 'Ada Lovelace',
    currency: 'EUR',
    iban: iban === null ? null : new Opened(iban),
    number: number === null ? null : new Opened(number),
    balances: [{ kind: 'booked', money: { amount: balance, currency: 'EUR' } }],
    asOf: new Date('2026-11-20T08:00:00.000Z'),
    ...rest,
  };
}

export function providerTransaction(words: TransactionWords = {}): ProviderTransaction {
  const { id = null, account = 'acc-1', replaces, amount = '-12.50', day = '2026-11-18', text = 'COFFEE BAR' } = words;
  return {
    accountVendorId: new Opened(account),
    vendorId: id === null ? null : new Opened(id),
    ...(replaces === undefined ? {} : { replacesVendorId: new Opened(replaces) }),
    status: words.status ?? 'booked',
    money: { amount, currency: 'EUR' },
    day,
    valueDay: null,
    description: text,
    counterparty: words.counterparty ?? null,
    balanceAfter: null,
  };
}

export function providerHolding(id: string, changes: Partial<ProviderHolding> = {}): ProviderHolding {
  return {
    accountVendorId: new Opened('acc-1'),
    vendorId: new Opened(id),
    name: 'World Equity Fund',
    isin: 'IE00B4L5Y983',
    quantity: '10',
    price: { amount: '81.20', currency: 'EUR' },
    marketValue: { amount: '812.00', currency: 'EUR' },
    costBasis: null,
    asOf: new Date('2026-11-19T17:00:00.000Z'),
    ...changes,
  };
}

export function dataPage(
  changes: Partial<Omit<DataPage, 'kind' | 'next'>> & { readonly next?: string } = {},
): DataPage {
  const { next, ...rest } = changes;
  return {
    kind: 'page',
    accounts: [providerAccount({ id: 'acc-1', iban: 'DE89370400440532013000' })],
    transactions: [],
    holdings: [],
    missing: [],
    unreadable: 0,
    dataAsOf: new Date('2026-11-20T09:00:00.000Z'),
    ...rest,
    next: next === undefined ? null : new Opened(next),
  };
}

export function notReady(retryAt: Date, cursor = 'request-1'): DataNotReady {
  return { kind: 'not_ready', retryAt, cursor: new Opened(cursor) };
}

/** A provider's data that does what was planned, in order; the last answer is given again and again. */
export class AccountDataFake extends AccountData {
  readonly calls: DataCall[] = [];
  private planned: Scripted[] = [];

  plan(...answers: readonly Scripted[]): this {
    this.planned = [...answers];
    return this;
  }

  override async read(
    _ref: CredentialRef,
    { since, cursor }: DataRequest,
    call: CallContext,
  ): Promise<Result<DataPage | DataNotReady, ProviderFailure>> {
    this.calls.push({ since, cursor: cursor?.reveal('test') ?? null });
    if (call.signal.aborted) return fail({ code: 'provider.aborted', message: 'Given up.', mayHaveHappened: false });
    const next = this.planned.length > 1 ? this.planned.shift() : this.planned[0];
    if (next === undefined) throw new Error('No answer was planned.');
    const answer = typeof next === 'function' ? await next() : next;
    return 'kind' in answer ? ok(answer) : fail(answer);
  }
}

/** Statements of a provider: first not ready as often as was planned, then there. */
export class AccountStatementsFake extends AccountStatements {
  readonly cursors: (string | null)[] = [];
  waits: DataNotReady[] = [];
  statements: StatementSummary[] = [];
  pdf = Buffer.from('%PDF-1.7 fake');

  override async list(_ref: CredentialRef, cursor: SecretValue | null) {
    return ok(this.waiting(cursor) ?? { kind: 'list' as const, statements: this.statements });
  }

  override async document(_ref: CredentialRef, statement: SecretValue, cursor: SecretValue | null) {
    const wanted = statement.reveal('test');
    if (!this.statements.some(({ vendorId }) => vendorId.reveal('test') === wanted)) {
      return fail<ProviderFailure>({ code: 'statement.not_found', message: 'None.', mayHaveHappened: false });
    }
    return ok(this.waiting(cursor) ?? { kind: 'document' as const, document: { pdf: this.pdf } });
  }

  private waiting(cursor: SecretValue | null): DataNotReady | undefined {
    this.cursors.push(cursor?.reveal('test') ?? null);
    return this.waits.shift();
  }
}
