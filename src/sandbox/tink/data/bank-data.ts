import { digits, hex, ibanOf, number32 } from '../../simulator/deterministic.js';
import type { Credential } from '../machine/credential.js';
import { type DemoProvider, currencyOf } from './providers.js';

export interface BankAccount {
  /** The vendor's: another credential to the same login gives another id. */
  readonly id: string;
  readonly credentialsId: string;
  /** The bank's own: the same for the same login. */
  readonly externalId: string;
  readonly kind: 'CHECKING' | 'SAVINGS' | 'CREDIT_CARD';
  readonly name: string;
  readonly number: string;
  readonly iban: string;
  readonly market: string;
  readonly currency: string;
  /** Minor units. */
  readonly booked: number;
  readonly creditLimit: number;
  /** Epoch milliseconds. */
  readonly asOf: number;
  readonly transactions: readonly BankTransaction[];
}

export interface BankTransaction {
  readonly id: string;
  readonly accountId: string;
  /** Minor units, negative = money out. */
  readonly amount: number;
  readonly currency: string;
  readonly status: 'BOOKED' | 'PENDING';
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly merchant: Merchant;
}

interface Merchant {
  readonly name: string;
  readonly code: string;
  readonly category: string;
}

const DAY_MS = 86_400_000;
const HISTORY_DAYS = 90;
const OPENING_BALANCE = 2_500_000;
const CREDIT_LIMIT = 3_000_000;

const MERCHANTS: readonly Merchant[] = [
  { name: 'Corner Grocery', code: '5411', category: 'Groceries' },
  { name: 'City Transport', code: '4111', category: 'Transport' },
  { name: 'Harbour Cafe', code: '5814', category: 'Restaurants' },
  { name: 'Paper and Ink', code: '5942', category: 'Books' },
  { name: 'North Pharmacy', code: '5912', category: 'Health' },
];
const EMPLOYER: Merchant = { name: 'Example Works', code: '8999', category: 'Salary' };
const REPAYMENT: Merchant = { name: 'Card repayment', code: '6012', category: 'Transfers' };

/** What comes in every month, by the day of the month. */
const INCOME = {
  CHECKING: { day: '-25', amount: 3_000_000, merchant: EMPLOYER },
  CREDIT_CARD: { day: '-28', amount: 900_000, merchant: REPAYMENT },
  SAVINGS: null,
} as const;

/** Whether a pending transaction keeps its id when it is booked. No source says what the vendor does. */
export type PendingIds = 'kept' | 'new';

/** Credentials are never changed, only replaced, so what was drawn for one stays right. */
const drawn = new WeakMap<Credential, { readonly pendingIds: PendingIds; readonly accounts: readonly BankAccount[] }>();

/** What the vendor holds after the latest pull; the same for the same credential and time, and longer with every day. */
export function accountsOf(
  credential: Credential,
  provider: DemoProvider,
  pendingIds: PendingIds = 'kept',
): readonly BankAccount[] {
  if (credential.dataAsOf === null) return [];
  const before = drawn.get(credential);
  if (before?.pendingIds === pendingIds) return before.accounts;
  const accounts = draw(credential, provider, credential.dataAsOf, pendingIds);
  drawn.set(credential, { pendingIds, accounts });
  return accounts;
}

function draw(
  credential: Credential,
  provider: DemoProvider,
  asOf: number,
  pendingIds: PendingIds,
): readonly BankAccount[] {
  const kinds =
    credential.outcome === 'partial-data' ? (['CHECKING'] as const) : (['CHECKING', 'SAVINGS', 'CREDIT_CARD'] as const);
  return kinds.map((kind) => account(credential, provider, kind, asOf, pendingIds));
}

function account(
  credential: Credential,
  provider: DemoProvider,
  kind: BankAccount['kind'],
  asOf: number,
  pendingIds: PendingIds,
): BankAccount {
  const login = `${provider.market}:demobank:${credential.login}:${kind}`;
  const seed = hex(`${credential.id}:${kind}`);
  // New ids are all that a new minting changes.
  const id = (credential.mints ?? 0) === 0 ? seed : hex(`${seed}:${credential.mints}`);
  const number = digits(login, 10);
  const currency = currencyOf(provider.market);
  const transactions =
    kind === 'SAVINGS' ? [] : history({ id, seed, kind, currency, pendingIds }, credential.created, asOf);
  const opening = kind === 'CREDIT_CARD' ? 0 : OPENING_BALANCE;
  const booked = transactions.reduce((sum, { amount, status }) => (status === 'BOOKED' ? sum + amount : sum), opening);
  return {
    ...{ id, kind, number, currency, transactions, booked, asOf },
    credentialsId: credential.id,
    externalId: hex(login),
    name: { CHECKING: 'Everyday account', SAVINGS: 'Savings account', CREDIT_CARD: 'Credit card' }[kind],
    iban: ibanOf(provider.market, `0000000${number}`),
    market: provider.market,
    creditLimit: kind === 'CREDIT_CARD' ? CREDIT_LIMIT : 0,
  };
}

interface Holder extends Pick<BankAccount, 'id' | 'kind' | 'currency'> {
  /** What the transactions are drawn from; unlike the id it never changes. */
  readonly seed: string;
  readonly pendingIds: PendingIds;
}

/** Newest first. The newest day is still pending. */
function history(
  { id: accountId, seed, kind, currency, pendingIds }: Holder,
  created: number,
  asOf: number,
): readonly BankTransaction[] {
  const first = Math.floor(created / DAY_MS) - HISTORY_DAYS;
  const last = Math.floor(asOf / DAY_MS);
  const days = Array.from({ length: last - first + 1 }, (_, n) => last - n);
  return days.flatMap((day) => {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    const status = day === last ? 'PENDING' : 'BOOKED';
    const spent = Array.from({ length: number32(`${seed}:${date}`) % 3 }, (_, n) => purchase(seed, date, n));
    const income = INCOME[kind];
    const paid = income && date.endsWith(income.day) ? [income] : [];
    return [...paid, ...spent].map(({ amount, merchant }, n) => ({
      ...{ accountId, amount, currency, status, date, merchant },
      id: hex(`${accountId}:${date}:${n}${status === 'PENDING' && pendingIds === 'new' ? ':pending' : ''}`),
    }));
  });
}

function purchase(seed: string, date: string, n: number): Pick<BankTransaction, 'amount' | 'merchant'> {
  const draw = number32(`${seed}:${date}:${n}:purchase`);
  return { amount: -(990 + (draw % 60_000)), merchant: MERCHANTS[draw % MERCHANTS.length] ?? EMPLOYER };
}
