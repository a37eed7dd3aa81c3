import type { Shape } from '../../platform/http/json-shape.js';
import type {
  FlanksAccount,
  FlanksCard,
  FlanksHolder,
  FlanksInvestment,
  FlanksLiability,
  FlanksPortfolio,
  FlanksTransaction,
  MovingGroup,
} from './flanks-data.types.js';
import { bankDayIn, parseFlanksTime } from './flanks-time.js';

/** Readers of the aggregation API, for exact JSON. */

export function readAccount(item: Shape): FlanksAccount {
  return {
    ...readProduct(item, 'account_id'),
    name: item.filledText('alias') ?? item.filledText('description'),
    iban: item.filledText('iban'),
    type: item.filledText('type'),
  };
}

export function readCard(item: Shape): FlanksCard {
  return {
    ...readProduct(item, 'card_id'),
    ...readLimits(item),
    name: nameOf(item),
    pan: item.filledText('pan'),
  };
}

export function readLiability(item: Shape): FlanksLiability {
  return {
    ...readProduct(item, 'liability_id'),
    ...readLimits(item),
    name: nameOf(item),
    type: item.filledText('type'),
  };
}

export function readPortfolio(item: Shape): FlanksPortfolio {
  return {
    ...readProduct(item, 'portfolio_id'),
    name: item.filledText('name'),
    type: item.filledText('type'),
    custody: item.filledText('refValores'),
  };
}

export function readInvestment(item: Shape): FlanksInvestment {
  const isin = item.filledText('isin');
  return {
    ...readProduct(item, 'investment_id'),
    name: item.filledText('name') ?? isin ?? item.filledText('symbol') ?? item.refuse('name'),
    isin,
    portfolioId: item.filledText('portfolio_id'),
    type: item.filledText('type'),
    units: item.optionalDecimal('amount'),
  };
}

export function readHolder(item: Shape): FlanksHolder {
  return { productId: item.text('product_id'), name: item.text('name'), relation: item.filledText('rel') };
}

/** The members of an account's are known; those of a card and a liability are taken to be the same. */
export function readTransaction(group: MovingGroup): (item: Shape) => FlanksTransaction {
  return (item) => {
    const transfer = item.optionalObject('transfer');
    return {
      id: item.filledText('_id'),
      productId: item.filledText(`${group}_id`) ?? item.text('product_id'),
      amount: item.decimal('amount'),
      currency: currencyOf(item),
      balance: item.optionalDecimal('balance'),
      operationDay: dayOf(item, 'operationDate') ?? dayOf(item, 'valueDate') ?? item.refuse('operationDate'),
      valueDay: dayOf(item, 'valueDate'),
      description: item.filledText('description') ?? item.filledText('productDescription') ?? '',
      beneficiary: transfer?.filledText('beneficiary') ?? null,
      payer: transfer?.filledText('payer') ?? null,
    };
  };
}

/** Newer words for the id are taken as well. */
function readProduct(item: Shape, idKey: string) {
  return {
    id: item.filledText('_id') ?? item.text(idKey),
    currency: currencyOf(item),
    balance: item.optionalDecimal('balance'),
    owners: item.optionalTextList('owners').filter((owner) => owner.trim() !== ''),
    updatedAt: item.optionalAs('updated_at_timestamp', parseFlanksTime) ?? null,
  };
}

function readLimits(item: Shape): { readonly available: string | null; readonly limit: string | null } {
  return { available: item.optionalDecimal('availableBalance'), limit: item.optionalDecimal('limit') };
}

/** Their names are not documented. */
function nameOf(item: Shape): string | null {
  return item.filledText('name') ?? item.filledText('alias') ?? item.filledText('description');
}

function currencyOf(item: Shape): string {
  const currency = item.text('currency');
  return /^[A-Z]{3}$/.test(currency) ? currency : item.refuse('currency');
}

function dayOf(item: Shape, key: string): string | null {
  const text = item.filledText(key);
  return text === null ? null : (bankDayIn(text) ?? item.refuse(key));
}
