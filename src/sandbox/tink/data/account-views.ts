import type { BankAccount, BankTransaction } from './bank-data.js';

type Json = Record<string, unknown>;

/** Lists carry amounts as text. Round sums of savings come with a negative scale, which the vendor documents too. */
export function accountView(account: BankAccount): Json {
  const { currency, booked, kind, number } = account;
  const available = booked + account.creditLimit;
  return {
    id: account.id,
    name: account.name,
    type: kind,
    customerSegment: 'PERSONAL',
    financialInstitutionId: `demobank-${account.market.toLowerCase()}`,
    externalAccountId: account.externalId,
    dates: { lastRefreshed: iso(account.asOf) },
    balances: {
      booked: { amount: textAmount(currency, booked, kind === 'SAVINGS') },
      available: { amount: textAmount(currency, available, kind === 'SAVINGS') },
    },
    identifiers:
      kind === 'CREDIT_CARD'
        ? { pan: { masked: `5311********${number.slice(-4)}` } }
        : {
            iban: { iban: account.iban, bban: account.iban.slice(4), bic: 'DEMOSESS' },
            financialInstitution: { accountNumber: number, referenceNumbers: {} },
            ...(account.market === 'GB' && { sortCode: { code: '040004', accountNumber: number.slice(0, 8) } }),
          },
  };
}

/** Balances carry amounts as numbers. */
export function balancesView(account: BankAccount): Json {
  const { currency, booked, creditLimit } = account;
  const amount = (minor: number): Json => ({
    amount: { currencyCode: currency, value: { scale: 2, unscaledValue: minor }, valueInMinorUnit: minor },
  });
  return {
    accountId: account.id,
    refreshed: iso(account.asOf),
    balances: {
      bookedBalance: amount(booked),
      ...(creditLimit === 0 && { availableBalanceExcludingCredit: amount(booked) }),
      availableBalanceIncludingCredit: amount(booked + creditLimit),
    },
    ...(creditLimit > 0 && { creditLimit: amount(creditLimit) }),
  };
}

export function transactionView(transaction: BankTransaction): Json {
  const { id, accountId, amount, currency, status, date, merchant } = transaction;
  const booked = status === 'BOOKED';
  return {
    ...{ id, accountId, status },
    amount: textAmount(currency, amount, false),
    dates: { ...(booked && { booked: date }), transaction: date, value: date },
    ...(booked && { bookedDateTime: `${date}T00:00:00Z` }),
    descriptions: {
      original: merchant.name.toUpperCase(),
      display: merchant.name,
      detailed: { unstructured: `${merchant.name} ${date}` },
    },
    identifiers: { providerTransactionId: id.slice(0, 12) },
    types: { type: amount < 0 ? 'PAYMENT' : 'DEFAULT', financialInstitutionTypeCode: amount < 0 ? 'DEBIT' : 'CREDIT' },
    merchantInformation: { merchantName: merchant.name, merchantCategoryCode: merchant.code },
    categories: { pfm: { id: `category-${merchant.code}`, name: merchant.category } },
    reference: id.slice(0, 8),
    providerMutability: 'MUTABILITY_UNDEFINED',
  };
}

function textAmount(currencyCode: string, minor: number, rounded: boolean): Json {
  const hundreds = minor / 10_000;
  const value =
    rounded && Number.isInteger(hundreds)
      ? { unscaledValue: String(hundreds), scale: '-2' }
      : { unscaledValue: String(minor), scale: '2' };
  return { currencyCode, value };
}

const iso = (ms: number): string => new Date(ms).toISOString();
