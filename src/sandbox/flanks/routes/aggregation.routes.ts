import type { FastifyInstance } from 'fastify';
import { Fields } from '../body.js';
import {
  type Item,
  accounts,
  cards,
  holders,
  identity,
  investments,
  liabilities,
  portfolios,
} from '../data/products.js';
import {
  accountTransactions,
  cardTransactions,
  investmentTransactions,
  liabilityTransactions,
} from '../data/transactions.js';
import { invalid, noData } from '../flanks-error.js';
import type { FlanksWorld } from '../flanks-world.js';
import type { Credential } from '../machine/credential.js';
import type { Group } from '../machine/groups.js';
import { authorize, credentialsOf } from './authorize.js';

interface Source {
  readonly group: Group;
  readonly read: (credential: Credential) => readonly Item[] | Item;
  /** What a query may call the item's own id. */
  readonly idKey?: string;
}

const SOURCES: Readonly<Record<string, Source>> = {
  account: { group: 'product.account', read: accounts, idKey: 'account_id' },
  data: { group: 'transaction.account', read: accountTransactions },
  card: { group: 'product.card', read: cards, idKey: 'card_id' },
  'card/transaction': { group: 'transaction.card', read: cardTransactions },
  portfolio: { group: 'product.portfolio', read: portfolios, idKey: 'portfolio_id' },
  investment: { group: 'product.investment', read: investments, idKey: 'investment_id' },
  'investment/transaction': { group: 'transaction.investment', read: investmentTransactions },
  liability: { group: 'product.liability', read: liabilities, idKey: 'liability_id' },
  'liability/transaction': { group: 'transaction.liability', read: liabilityTransactions },
  auth: { group: 'product.auth', read: identity },
  'auth/': { group: 'product.auth', read: identity },
  holder: { group: 'product.holders', read: holders },
};

/** Aggregation v1: the last data that was fetched, never live. */
export function aggregationRoutes(app: FastifyInstance, world: FlanksWorld): void {
  for (const [name, source] of Object.entries(SOURCES)) {
    app.post(`/v0/bank/credentials/${name}`, async (request) => {
      authorize(world, request);
      const fields = Fields.of(request.body, 'old');
      const credential = credentialsOf(world, fields);
      mustHave(world, credential, source.group, fields.flag('ignore_data_error'));
      const data = source.read(credential);
      return isList(data) ? data.filter(asked(fields, source)) : data;
    });
  }
}

function mustHave(world: FlanksWorld, credential: Credential, group: Group, ignoreError: boolean): void {
  const { dataErrorStatus } = world.switches;
  if (!credential.created.includes(group)) throw noData(dataErrorStatus, 'PROCESSING');
  if (credential.errored.includes(group) && !ignoreError) throw noData(dataErrorStatus, 'INCOMPLETE');
}

/** Each key of the query is a field with the values that it may have. */
function asked(fields: Fields, { idKey }: Source): (item: Item) => boolean {
  const wanted = (fields.inner('query')?.entries ?? []).map(([key, values]) => {
    if (!Array.isArray(values)) throw invalid('old', `query.${key}`);
    const accepted: readonly unknown[] = values;
    return { key: key === idKey ? '_id' : key, accepted };
  });
  return (item) => wanted.every(({ key, accepted }) => accepted.includes(item[key]));
}

const isList = (data: readonly Item[] | Item): data is readonly Item[] => Array.isArray(data);
