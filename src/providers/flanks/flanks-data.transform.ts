import type {
  AccountKind,
  BalanceKind,
  ProviderAccount,
  ProviderBalance,
  ProviderHolding,
  ProviderTransaction,
} from '../../credentials/account-data.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import type {
  FlanksAccount,
  FlanksCard,
  FlanksHolder,
  FlanksInvestment,
  FlanksLiability,
  FlanksPortfolio,
  FlanksTransaction,
} from './flanks-data.types.js';

export interface FlanksProducts {
  readonly accounts: readonly FlanksAccount[];
  readonly cards: readonly FlanksCard[];
  readonly liabilities: readonly FlanksLiability[];
  readonly portfolios: readonly FlanksPortfolio[];
  readonly investments: readonly FlanksInvestment[];
  readonly holders: readonly FlanksHolder[];
}

/** What Flanks says of all the data, for items that do not say it themselves. */
export interface FlanksReading {
  readonly asOf: Date | null;
}

type Product = FlanksAccount | FlanksCard | FlanksLiability | FlanksPortfolio | FlanksInvestment;

const ACCOUNT_KINDS: ReadonlyMap<string | null, AccountKind> = new Map([
  ['cashAccount', 'checking'],
  // Older payloads have no type, and what they show are cash accounts.
  [null, 'checking'],
  ['safekeepingAccount', 'investment'],
] as const);
const LIABILITY_KINDS: ReadonlyMap<string | null, AccountKind> = new Map([
  ['Loan', 'loan'],
  ['Credit', 'loan'],
] as const);

/** Every product once: one id twice is the same product. */
export function toAccounts(products: FlanksProducts, reading: FlanksReading): readonly ProviderAccount[] {
  const base = (product: Product) => baseOf(product, products.holders, reading);
  return once(
    [
      ...products.accounts.map((account) => ({ ...base(account), ...cashAccount(account) })),
      ...products.cards.map((card) => ({ ...base(card), ...cardAccount(card) })),
      ...products.liabilities.map((liability) => ({ ...base(liability), ...liabilityAccount(liability) })),
      ...products.portfolios.map((portfolio) => ({ ...base(portfolio), ...portfolioAccount(portfolio) })),
      ...products.investments.filter(standsAlone).map((plan) => ({ ...base(plan), ...planAccount(plan) })),
    ],
    ({ vendorId }) => vendorId.reveal('to keep one of each'),
  );
}

/** Positions of the portfolios that are there, and those that stand alone. */
export function toHoldings(products: FlanksProducts, reading: FlanksReading): readonly ProviderHolding[] {
  const isStray = strayIn(products);
  const held = products.investments.filter((item) => !isStray(item));
  return once(held, ({ id, portfolioId }) => `${portfolioId ?? ''} ${id}`).map((item) => ({
    accountVendorId: new Opened(item.portfolioId ?? item.id),
    vendorId: new Opened(item.id),
    name: item.name,
    isin: item.isin,
    quantity: item.units,
    price: null,
    marketValue: item.balance === null ? null : { amount: item.balance, currency: item.currency },
    costBasis: null,
    asOf: item.updatedAt ?? reading.asOf,
  }));
}

/** Positions that are left out, because their portfolio is not there. */
export function strayPositions(products: FlanksProducts): number {
  return products.investments.filter(strayIn(products)).length;
}

/** An id that comes twice names neither of the two: both stay, without it. */
export function toTransactions(items: readonly FlanksTransaction[]): readonly ProviderTransaction[] {
  const uses = new Map<string, number>();
  for (const { id } of items) if (id !== null) uses.set(id, (uses.get(id) ?? 0) + 1);
  return items.map((item) => ({
    accountVendorId: new Opened(item.productId),
    vendorId: item.id !== null && uses.get(item.id) === 1 ? new Opened(item.id) : null,
    // Flanks knows no other.
    status: 'booked',
    money: { amount: item.amount, currency: item.currency },
    day: item.operationDay,
    valueDay: item.valueDay,
    description: item.description,
    counterparty: item.amount.startsWith('-') ? item.beneficiary : item.payer,
    balanceAfter: item.balance,
  }));
}

function strayIn({ portfolios }: FlanksProducts): (item: FlanksInvestment) => boolean {
  const known = new Set(portfolios.map(({ id }) => id));
  return ({ portfolioId }) => portfolioId !== null && !known.has(portfolioId);
}

function standsAlone({ portfolioId }: FlanksInvestment): boolean {
  return portfolioId === null;
}

function baseOf(product: Product, holders: readonly FlanksHolder[], reading: FlanksReading) {
  return {
    vendorId: new Opened(product.id),
    currency: product.currency,
    holderName: holderOf(product, holders),
    iban: null,
    number: null,
    asOf: product.updatedAt ?? reading.asOf,
  };
}

const OWNER = /^(titular|cotitular|owner|holder)/i;

/** Those whom the list of holders names as owners, else the product's own list. */
function holderOf({ id, owners }: Product, holders: readonly FlanksHolder[]): string | null {
  const named = holders.filter(({ productId, relation }) => productId === id && OWNER.test(relation ?? ''));
  const names = new Set(named.length > 0 ? named.map(({ name }) => name) : owners);
  return names.size === 0 ? null : [...names].join(', ');
}

function cashAccount({ type, name, iban, balance, currency }: FlanksAccount) {
  const kind = ACCOUNT_KINDS.get(type) ?? 'other';
  return {
    kind,
    name,
    iban: iban === null ? null : new Opened(iban.replaceAll(/\s/g, '')),
    balances: balancesOf(currency, [[kind === 'investment' ? 'market_value' : 'booked', balance]]),
  };
}

function cardAccount({ name, pan, balance, available, limit, currency }: FlanksCard) {
  return {
    // A card without a limit spends what an account has.
    kind: limit === null ? ('other' as const) : ('credit_card' as const),
    name,
    number: secretOf(pan),
    balances: balancesOf(currency, [
      ['booked', balance],
      ['available', available],
      ['credit_limit', limit],
    ]),
  };
}

function liabilityAccount({ type, name, balance, available, limit, currency }: FlanksLiability) {
  return {
    kind: LIABILITY_KINDS.get(type) ?? ('other' as const),
    name,
    balances: balancesOf(currency, [
      // What is owed, whichever sign the bank gives it.
      ['outstanding', balance?.replace(/^-/, '') ?? null],
      ['available', available],
      ['credit_limit', limit],
    ]),
  };
}

function portfolioAccount({ type, name, custody, balance, currency }: FlanksPortfolio) {
  return {
    kind: investmentKind(type),
    name,
    number: secretOf(custody),
    balances: balancesOf(currency, [['market_value', balance]]),
  };
}

function planAccount({ type, name, balance, currency }: FlanksInvestment) {
  return { kind: investmentKind(type), name, balances: balancesOf(currency, [['market_value', balance]]) };
}

function investmentKind(type: string | null): AccountKind {
  return type === 'PP' ? 'pension' : 'investment';
}

function balancesOf(
  currency: string,
  amounts: readonly (readonly [kind: BalanceKind, amount: string | null])[],
): readonly ProviderBalance[] {
  return amounts.flatMap(([kind, amount]) => (amount === null ? [] : [{ kind, money: { amount, currency } }]));
}

function secretOf(text: string | null): SecretValue | null {
  return text === null ? null : new Opened(text);
}

function once<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const kept = new Map<string, T>();
  for (const item of items) if (!kept.has(keyOf(item))) kept.set(keyOf(item), item);
  return [...kept.values()];
}
