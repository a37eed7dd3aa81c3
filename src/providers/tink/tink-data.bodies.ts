import type { BankDay, Money } from '../../credentials/account-data.js';
import type { Shape } from '../../platform/http/json-shape.js';
import type { TinkAccount, TinkCoverage, TinkTransaction } from './tink-data.types.js';
import { scaledDecimal } from './tink-decimal.js';

/** Readers of Tink's data, for bodies that were read exactly: amounts come as texts or as whole numbers. */

const CURRENCY = /^[A-Z]{3}$/;
const DAY = /^\d{4}-\d{2}-\d{2}/;

export function readCoverage(body: Shape): TinkCoverage {
  const says = body.attempt((consent) => consent.textList('accountIds'));
  return { credentialsId: body.text('credentialsId'), status: body.text('status'), accountIds: says ?? null };
}

export function readAccount(body: Shape): TinkAccount {
  const balances = body.optionalObject('balances');
  const identifiers = body.optionalObject('identifiers');
  const iban = identifiers?.optionalObject('iban');
  return {
    id: body.text('id'),
    name: body.filledText('name'),
    type: body.filledText('type') ?? 'UNDEFINED',
    booked: optionalBalance(balances, 'booked'),
    available: optionalBalance(balances, 'available'),
    creditLimit: optionalBalance(balances, 'creditLimit'),
    iban: iban?.filledText('iban') ?? null,
    number:
      identifiers?.optionalObject('financialInstitution')?.filledText('accountNumber') ??
      identifiers?.optionalObject('sortCode')?.filledText('accountNumber') ??
      iban?.filledText('bban') ??
      identifiers?.optionalObject('pan')?.filledText('masked') ??
      null,
    lastRefreshed: body.optionalObject('dates')?.optionalAs('lastRefreshed', isoTime) ?? null,
  };
}

export function readTransaction(body: Shape): TinkTransaction {
  const dates = body.optionalObject('dates');
  const descriptions = body.optionalObject('descriptions');
  const counterparties = body.optionalObject('counterparties');
  const merchant = body.optionalObject('merchantInformation')?.filledText('merchantName') ?? null;
  return {
    id: body.text('id'),
    accountId: body.text('accountId'),
    status: body.filledText('status') ?? 'UNDEFINED',
    amount: readAmount(body.object('amount')),
    bookedDay: dayIn(dates, 'booked') ?? dayIn(body, 'bookedDateTime'),
    madeDay: dayIn(dates, 'transaction') ?? dayIn(body, 'transactionDateTime'),
    valueDay: dayIn(dates, 'value') ?? dayIn(body, 'valueDateTime'),
    description:
      descriptions?.filledText('original') ??
      descriptions?.optionalObject('detailed')?.filledText('unstructured') ??
      descriptions?.filledText('display') ??
      '',
    payer: counterparties?.optionalObject('payer')?.filledText('name') ?? merchant,
    payee: counterparties?.optionalObject('payee')?.filledText('name') ?? merchant,
  };
}

function optionalBalance(balances: Shape | undefined, key: string): Money | null {
  const amount = balances?.optionalObject(key)?.optionalObject('amount');
  return amount ? readAmount(amount) : null;
}

function readAmount(body: Shape): Money {
  const value = body.object('value');
  const currency = body.text('currencyCode');
  const amount = scaledDecimal(value.decimal('unscaledValue'), value.decimal('scale'));
  if (!CURRENCY.test(currency)) return body.refuse('currencyCode');
  return amount === undefined ? body.refuse('value') : { amount, currency };
}

/** Tink writes days, and times in UTC that begin with their day. */
function dayIn(body: Shape | undefined, key: string): BankDay | null {
  const day = DAY.exec(body?.optionalText(key) ?? '')?.[0] ?? null;
  return day !== null && !Number.isNaN(Date.parse(day)) ? day : null;
}

function isoTime(value: unknown): Date | undefined {
  const time = typeof value === 'string' ? new Date(value) : undefined;
  return time && !Number.isNaN(time.getTime()) ? time : undefined;
}
