import type {
  BalanceKind,
  DataPage,
  ProviderAccount,
  ProviderBalance,
  ProviderTransaction,
} from '../../credentials/account-data.js';
import { Opened } from '../../platform/crypto/opened.js';
import { kindOf } from './flinks-account-kinds.js';
import { netAmount } from './flinks-amounts.js';
import type { FlinksAccount, FlinksTransaction } from './flinks-data.types.js';

/** A word of Flinks' that the tables do not have, to be counted. */
export interface StrangeWord {
  readonly kind: string;
  readonly word: string;
}

export interface ReadPage {
  readonly page: DataPage;
  readonly strange: readonly StrangeWord[];
}

/** Flinks knows CAD and USD only and leaves the currency out at times; its accounts are Canadian ones then. */
const HOME_CURRENCY = 'CAD';

/**
 * All accounts with their transactions, as one page. Flinks answers with everything at once.
 * @param bare no transactions were asked for, so their absence says nothing.
 */
export function toPage(accounts: readonly FlinksAccount[], asOf: Date | null, bare: boolean): ReadPage {
  const unique = [...new Map(accounts.map((account) => [account.id.toLowerCase(), account])).values()];
  const strange = unique.flatMap(strangeWordsOf);
  const transactions = unique.map(transactionsOf);
  const given = !bare && unique.every(({ transactionsGiven }) => transactionsGiven);
  return {
    strange,
    page: {
      kind: 'page',
      accounts: unique.map((account) => toAccount(account, asOf)),
      transactions: transactions.flatMap(({ usable }) => usable),
      holdings: [],
      missing: given ? [] : ['transactions'],
      unreadable: transactions.reduce((sum, { unusable }) => sum + unusable, 0),
      dataAsOf: asOf,
      next: null,
    },
  };
}

function toAccount(account: FlinksAccount, asOf: Date | null): ProviderAccount {
  const { id, title, holder, accountNumber } = account;
  return {
    vendorId: new Opened(id.toLowerCase()),
    kind: kindOf(account).kind,
    name: textOrNull(title),
    holderName: textOrNull(holder?.name ?? null),
    currency: currencyOf(account),
    iban: null,
    number: accountNumber === null || accountNumber === '' ? null : new Opened(accountNumber),
    balances: balancesOf(account),
    asOf,
  };
}

/** As the bank gives them, with its signs. */
function balancesOf(account: FlinksAccount): readonly ProviderBalance[] {
  const { current, available, limit } = account.balance;
  const currency = currencyOf(account);
  const given: readonly (readonly [BalanceKind, string | null])[] = [
    ['booked', current],
    ['available', available],
    ['credit_limit', limit],
  ];
  return given.flatMap(([kind, amount]) => (amount === null ? [] : [{ kind, money: { amount, currency } }]));
}

/** A transaction without a day or an amount is none that could be kept. */
function transactionsOf(account: FlinksAccount): {
  readonly usable: readonly ProviderTransaction[];
  readonly unusable: number;
} {
  const seen = new Set<string>();
  const usable: ProviderTransaction[] = [];
  let unusable = account.transactionsUnreadable;
  for (const given of account.transactions) {
    const id = given.id === null || given.id === '' ? null : given.id.toLowerCase();
    if (id !== null && seen.has(id)) continue;
    if (id !== null) seen.add(id);
    const transaction = toTransaction(account, given, id);
    if (transaction) usable.push(transaction);
    else unusable += 1;
  }
  return { usable, unusable };
}

/** Flinks has no word for a pending transaction: what it lists is posted. */
function toTransaction(
  account: FlinksAccount,
  { date, credit, debit, balance, description }: FlinksTransaction,
  id: string | null,
): ProviderTransaction | undefined {
  const amount = netAmount(credit, debit);
  const day = dayIn(date);
  if (amount === null || day === undefined) return undefined;
  return {
    accountVendorId: new Opened(account.id.toLowerCase()),
    vendorId: id === null ? null : new Opened(id),
    status: 'booked',
    money: { amount, currency: currencyOf(account) },
    day,
    valueDay: null,
    description: description ?? '',
    counterparty: null,
    balanceAfter: balance,
  };
}

/** The day of `2026-01-04`, and of the same with a time. */
function dayIn(text: string | null): string | undefined {
  const day = /^\d{4}-\d{2}-\d{2}(?=$|T)/.exec(text ?? '')?.[0];
  const time = new Date(`${day ?? ''}T00:00:00Z`);
  return day !== undefined && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day) ? day : undefined;
}

function currencyOf({ currency }: FlinksAccount): string {
  const word = (currency ?? '').toUpperCase();
  return /^[A-Z]{3}$/.test(word) ? word : HOME_CURRENCY;
}

function strangeWordsOf(account: FlinksAccount): readonly StrangeWord[] {
  const { unknownWord } = kindOf(account);
  const currency = account.currency ?? '';
  return [
    ...(unknownWord === null ? [] : [{ kind: 'account type', word: unknownWord }]),
    ...(/^[A-Z]{3}$/i.test(currency) ? [] : [{ kind: 'account currency', word: currency === '' ? 'NONE' : currency }]),
  ];
}

function textOrNull(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}
