import type { FastifyInstance } from 'fastify';
import { type Json, queryList } from '../../simulator/json.js';
import { accountView, balancesView, transactionView } from '../data/account-views.js';
import type { BankAccount } from '../data/bank-data.js';
import { pageOf } from '../page.js';
import { badRequest, notFound } from '../tink-error.js';
import type { TinkWorld } from '../tink-world.js';
import { authorize, authorizeUser } from './authorize.js';

interface Call {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export function dataRoutes(app: FastifyInstance, world: TinkWorld): void {
  app.get<Call>('/data/v2/accounts', async (request) => {
    const { userId } = authorizeUser(world, request, 'accounts:read');
    const accounts = accountsOfUser(world, userId)
      .filter(oneOf(request.query, 'idIn', ({ id }) => id))
      .filter(oneOf(request.query, 'typesIn', ({ kind }) => kind));
    const { items, nextPageToken } = pageOf(accounts, request.query);
    return { accounts: items.map(accountView), nextPageToken };
  });

  app.get<Call>('/data/v2/accounts/:id', async (request) => {
    const { userId } = authorizeUser(world, request, 'accounts:read');
    return accountView(accountOf(world, userId, request.params.id));
  });

  app.get<Call>('/data/v2/accounts/:id/balances', async (request) => {
    const { userId } = authorize(world, request, 'accounts.balances:readonly', 'accounts:read');
    return balancesView(accountOf(world, userId, request.params.id));
  });

  app.get<Call>('/data/v2/transactions', async (request) => {
    const { userId } = authorizeUser(world, request, 'transactions:read');
    const from = dateOf(request.query, 'bookedDateGte');
    const to = dateOf(request.query, 'bookedDateLte');
    const transactions = accountsOfUser(world, userId)
      .flatMap((account) => account.transactions)
      .filter(oneOf(request.query, 'accountIdIn', ({ accountId }) => accountId))
      .filter(oneOf(request.query, 'statusIn', ({ status }) => status))
      // A pending one has no booking day that a filter could find.
      .filter(({ status }) => status === 'BOOKED' || (from === null && to === null))
      .filter(({ date }) => (from === null || date >= from) && (to === null || date <= to))
      .sort((a, b) => (a.date === b.date ? (a.id < b.id ? -1 : 1) : a.date > b.date ? -1 : 1));
    const { items, nextPageToken } = pageOf(transactions, request.query);
    return { transactions: items.map(transactionView), nextPageToken };
  });
}

/** `null` = an app's token, which sees the accounts of all its users. */
function accountsOfUser(world: TinkWorld, userId: string | null): readonly BankAccount[] {
  const credentials = userId === null ? world.allCredentials() : world.credentialsOf(userId);
  return credentials.flatMap((credential) => world.accountsOf(credential));
}

function accountOf(world: TinkWorld, userId: string | null, id: string): BankAccount {
  const account = accountsOfUser(world, userId).find((candidate) => candidate.id === id);
  if (!account) throw notFound('Account');
  return account;
}

function oneOf<T>(query: Json, key: string, read: (item: T) => string): (item: T) => boolean {
  const wanted = queryList(query, key);
  return (item) => wanted.length === 0 || wanted.includes(read(item));
}

function dateOf(query: Json, key: string): string | null {
  const [text] = queryList(query, key);
  if (text === undefined) return null;
  if (!DATE.test(text)) throw badRequest(`${key} must be YYYY-MM-DD`);
  return text;
}
