import type { FlanksTotals } from '../flanks-simulator.types.js';
import type { Credential } from '../machine/credential.js';
import { total } from './bank-login.js';
import { type Item, accounts, cards, holders, investments, liabilities, portfolios } from './products.js';
import {
  accountTransactions,
  cardTransactions,
  investmentTransactions,
  liabilityTransactions,
} from './transactions.js';

/** All that the last load brought, counted and added up, so that a client can tell whether it has the same. */
export function totalsOf(credential: Credential): FlanksTotals {
  return {
    products: {
      account: added(accounts(credential), 'balance'),
      card: added(cards(credential), 'balance'),
      liability: added(liabilities(credential), 'balance'),
      portfolio: added(portfolios(credential), 'balance'),
      investment: added(investments(credential), 'balance'),
      holders: added(holders(credential), 'none'),
    },
    transactions: {
      account: added(accountTransactions(credential), 'amount'),
      card: added(cardTransactions(credential), 'amount'),
      liability: added(liabilityTransactions(credential), 'amount'),
      investment: added(investmentTransactions(credential), 'amount'),
    },
    currency: 'EUR',
  };
}

function added(items: readonly Item[], key: string): { readonly count: number; readonly sum: string } {
  return { count: items.length, sum: total(items.map((item) => Number(item[key] ?? 0))).toFixed(2) };
}
