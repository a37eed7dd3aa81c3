import type { BankAccount, BankTransaction } from '../data/bank-data.js';
import type { Credential } from '../machine/credential.js';

export const EVENTS = [
  'refresh:finished',
  'account:created',
  'account:updated',
  'account-transactions:modified',
  'account-booked-transactions:modified',
  'account-transactions:deleted',
  'balance-refresh:finished',
  'actionable-insights:created',
  'payment:updated',
  'mandate-payment:updated',
] as const;
export type EventName = (typeof EVENTS)[number];

export interface TinkEvent {
  readonly event: EventName;
  readonly credentialsId: string;
  readonly context: { readonly userId: string; readonly externalUserId: string | null };
  readonly content: Readonly<Record<string, unknown>>;
}

type Context = TinkEvent['context'];

/** Statuses that the event is documented for. */
const FINISHED: readonly string[] = ['UPDATED', 'TEMPORARY_ERROR', 'AUTHENTICATION_ERROR', 'SESSION_EXPIRED'];

/** @returns nothing for a status that ends no refresh. */
export function refreshFinished(credential: Credential, context: Context): readonly TinkEvent[] {
  const { id: credentialsId, status, statusUpdated, sessionExpiryDate, detailedError } = credential;
  if (!FINISHED.includes(status)) return [];
  const content = {
    credentialsId,
    credentialsStatus: status,
    finished: statusUpdated,
    source: 'OPERATION_SOURCE_API',
    ...(sessionExpiryDate !== null && { sessionExpiryDate }),
    ...(detailedError && { detailedError }),
  };
  return [{ event: 'refresh:finished', credentialsId, context, content }];
}

/** What changed for the accounts of a credential between two pulls. */
export function accountEvents(
  credentialsId: string,
  context: Context,
  before: readonly BankAccount[],
  after: readonly BankAccount[],
): readonly TinkEvent[] {
  return after.flatMap((account) => {
    const old = before.find(({ id }) => id === account.id);
    const one = (event: EventName, content: TinkEvent['content']): TinkEvent => ({
      ...{ event, credentialsId, context, content },
    });
    const transactions = modifications(context, account, old);
    const gone = deletions(account, old);
    return [
      one(old ? 'account:updated' : 'account:created', { id: account.id }),
      ...transactions.map(({ event, content }) => one(event, content)),
      ...(gone.length > 0
        ? [
            one('account-transactions:deleted', {
              ...context,
              account: { id: account.id },
              transactions: { ids: gone },
            }),
          ]
        : []),
    ];
  });
}

function modifications(
  context: Context,
  account: BankAccount,
  old: BankAccount | undefined,
): readonly Pick<TinkEvent, 'event' | 'content'>[] {
  const known = new Map(old?.transactions.map((transaction) => [transaction.id, transaction.status]));
  const changed = account.transactions.filter(({ id, status }) => known.get(id) !== status);
  const booked = changed.filter(({ status }) => status === 'BOOKED');
  const content = (list: readonly BankTransaction[]): TinkEvent['content'] => {
    const days = list.map(({ date }) => date).sort();
    const inserted = list.filter(({ id }) => !known.has(id)).length;
    const range = { earliestModifiedBookedDate: days[0], latestModifiedBookedDate: days.at(-1) };
    const transactions = { ...range, inserted, updated: list.length - inserted, deleted: 0 };
    return { ...context, account: { id: account.id }, transactions };
  };
  return [
    ...(changed.length > 0 ? [{ event: 'account-transactions:modified', content: content(changed) } as const] : []),
    ...(booked.length > 0
      ? [{ event: 'account-booked-transactions:modified', content: content(booked) } as const]
      : []),
  ];
}

function deletions(account: BankAccount, old: BankAccount | undefined): readonly string[] {
  const present = new Set(account.transactions.map(({ id }) => id));
  return (old?.transactions ?? []).map(({ id }) => id).filter((id) => !present.has(id));
}
