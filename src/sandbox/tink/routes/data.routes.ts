import type { FastifyInstance } from 'fastify';
import { type Json, queryList } from '../../simulator/json.js';
import { accountView, balancesView, transactionView } from '../data/account-views.js';
import { type BankAccount, accountsOf } from '../data/bank-data.js';
import { PROVIDERS } from '../data/providers.js';
import { badRequest, notFound } from '../tink-error.js';
import type { TinkWorld } from '../tink-world.js';
import { authorize, authorizeUser } from './authorize.js';

interface Call {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}

const MAX_PAGE = 100;
/** Unpublished; small, so that a client must page. */
const DEFAULT_PAGE = 10;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export function dataRoutes(app: FastifyInstance, world: TinkWorld): void {
  app.get<Call>('/data/v2/accounts', async (request) => {
    const { userId } = authorizeUser(world, request, 'accounts:read');
    const accounts = accountsOfUser(world, userId)
      .filter(oneOf(request.query, 'idIn', ({ id }) => id))
      .filter(oneOf(request.query, 'typesIn', ({ kind }) => kind));
    const { items, nextPageToken } = page(accounts, request.query);
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
      .filter(({ date }) => (from === null || date >= from) && (to === null || date <= to))
      .sort((a, b) => (a.date === b.date ? (a.id < b.id ? -1 : 1) : a.date > b.date ? -1 : 1));
    const { items, nextPageToken } = page(transactions, request.query);
    return { transactions: items.map(transactionView), nextPageToken };
  });
}

/** `null` = an app's token, which sees the accounts of all its users. */
function accountsOfUser(world: TinkWorld, userId: string | null): readonly BankAccount[] {
  const credentials = userId === null ? world.allCredentials() : world.credentialsOf(userId);
  return credentials.flatMap((credential) => {
    const provider = PROVIDERS.get(credential.providerName);
    return provider ? accountsOf(credential, provider) : [];
  });
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

function page<T>(all: readonly T[], query: Json): { items: readonly T[]; nextPageToken: string } {
  const [sizeText = String(DEFAULT_PAGE)] = queryList(query, 'pageSize');
  const size = Number(sizeText);
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE) throw badRequest('pageSize must be 1 to 100');
  const [token = ''] = queryList(query, 'pageToken');
  const start = token === '' ? '0' : Buffer.from(token, 'base64url').toString();
  if (!/^\d{1,9}$/.test(start)) throw badRequest('Invalid pageToken');
  const offset = Number(start);
  const next = offset + size;
  return {
    items: all.slice(offset, next),
    nextPageToken: next < all.length ? Buffer.from(String(next)).toString('base64url') : '',
  };
}
