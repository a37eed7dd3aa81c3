import { bankLogin } from './data/bank-login.js';
import type { FlanksCredentialsState, FlanksSwitches } from './flanks-simulator.types.js';
import type { Credential } from './machine/credential.js';
import { type Group, PRODUCTS, TRANSACTIONS } from './machine/groups.js';
import { scaDueAt } from './machine/loading.js';

type Flags = Readonly<Record<string, boolean>>;

/** The status object of the API. It names neither the credentials nor the user. */
export function statusOf(credential: Credential, { groupKey }: FlanksSwitches): Record<string, unknown> {
  const { pending, blocked, tokens, bank, lastUpdate, createdAt, errored, created } = credential;
  const updated = lastUpdate === null ? null : new Date(lastUpdate).toISOString();
  return {
    pending,
    blocked,
    reset_token: tokens.reset,
    sca_token: tokens.sca,
    transaction_token: tokens.transaction,
    name: bank,
    last_transaction_date: updated === null ? null : bankLogin(credential).day,
    last_update: updated?.slice(0, 10) ?? null,
    time: updated?.slice(11, 16) ?? null,
    last_update_timestamp: lastUpdate === null ? null : Math.floor(lastUpdate / 1000),
    created_at_timestamp: Math.floor(createdAt / 1000),
    errored: flagsOf(errored, groupKey),
    created: flagsOf(created, groupKey),
  };
}

/** The list's word; its values are not published. */
export function listWord({ blocked, tokens, pending }: Credential): string {
  if (blocked) return 'blocked';
  if (tokens.sca !== null) return 'sca';
  return pending ? 'pending' : 'ok';
}

/** For the control: without the vendor's tokens. */
export function stateOf(credential: Credential): FlanksCredentialsState {
  const { id, bank, username, externalId, pending, blocked, tokens, createdAt, lastUpdate } = credential;
  const { created, errored, bankAnswer, bankAttempts } = credential;
  return {
    ...{ id, bank, username, externalId, pending, blocked },
    tokens: { sca: tokens.sca !== null, reset: tokens.reset !== null, transaction: tokens.transaction !== null },
    ...{ createdAt, lastUpdate, scaDueAt: scaDueAt(credential), created, errored, bankAnswer, bankAttempts },
  };
}

function flagsOf(groups: readonly Group[], transactionKey: string): Readonly<Record<string, Flags>> {
  const product = PRODUCTS.map((name) => [name, groups.includes(`product.${name}`)] as const);
  const transaction = TRANSACTIONS.map((name) => [name, groups.includes(`transaction.${name}`)] as const);
  return { product: Object.fromEntries(product), [transactionKey]: Object.fromEntries(transaction) };
}
