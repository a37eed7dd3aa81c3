import { Injectable } from '@nestjs/common';

import {
  AccountData,
  type BankDay,
  type DataNotReady,
  type DataPage,
  type DataRequest,
  type ProviderAccount,
  type ProviderTransaction,
} from '../../credentials/account-data.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { CredentialRef, ProviderUserRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { Pairs } from '../../platform/http/outgoing-request.js';
import { operation } from './tink.client.js';
import { tinkFailure } from './tink.errors.js';
import { TinkDataClient } from './tink-data.client.js';
import { cursorOf, placeOf, type Pass, type Place } from './tink-data-cursor.js';
import { isKnownAccountType, isKnownTransactionStatus, toAccount, toTransaction } from './tink-data.transform.js';
import type { TinkAccount, TinkCoverage, TinkTransaction } from './tink-data.types.js';
import { TinkWire } from './tink-wire.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;

/** Accounts that one query names, so that addresses stay short. */
const BATCH = 50;
const MOST_ACCOUNT_PAGES = 20;

/** While Tink is fetching for the first time, no accounts means nothing. */
const FETCHED: ReadonlySet<string> = new Set(['UPDATED', 'SESSION_EXPIRED']);

/**
 * Tink's data v2. The first page has the accounts, the others the transactions.
 * Lists are per user, so every query names the accounts of the credential.
 */
@Injectable()
export class TinkAccountData extends AccountData {
  constructor(
    private readonly client: TinkDataClient,
    private readonly wire: TinkWire,
  ) {
    super();
  }

  override async read(
    ref: CredentialRef,
    { since, cursor }: DataRequest,
    call: CallContext,
  ): Outcome<DataPage | DataNotReady> {
    return operation(call, async (inner) => {
      if (cursor === null) return this.first(ref, since, inner);
      const place = placeOf(cursor);
      return place
        ? this.further(ref.user, place, since, inner)
        : fail(tinkFailure('provider.bad_response', { message: 'This is no cursor of a reading.' }));
    });
  }

  private async first(ref: CredentialRef, since: BankDay | null, call: CallContext): Outcome<DataPage> {
    const coverage = await this.client.coverage(ref, call);
    if (!coverage.ok) return coverage;
    const ids = coverage.value?.accountIds ?? [];
    if (ids.length === 0) return ok(emptyPage(coverage.value));
    const accounts = await this.accounts(ref.user, ids, call);
    if (!accounts.ok) return accounts;
    const { list, odd } = accounts.value;
    const asOf = latest(list);
    const start = { asOf, accounts: list.map(({ id }) => id), batch: 0, token: '' };
    return ok({
      ...emptyPage(null),
      accounts: list.map((account) => this.account(account)),
      missing: odd ? ['accounts'] : [],
      dataAsOf: asOf,
      next: list.length === 0 ? null : cursorOf({ ...start, pass: since === null ? 'all' : 'pending' }),
    });
  }

  private async accounts(
    user: ProviderUserRef,
    ids: readonly string[],
    call: CallContext,
  ): Outcome<{ readonly list: readonly TinkAccount[]; readonly odd: boolean }> {
    const found = new Map<string, TinkAccount>();
    let odd = false;
    let pages = 0;
    for (const batch of batches(ids)) {
      const wanted = new Set(batch);
      for (let token: string | null = ''; token !== null; pages += 1) {
        if (pages >= MOST_ACCOUNT_PAGES) return fail(tinkFailure('provider.bad_response'));
        const answer: Awaited<ReturnType<TinkDataClient['accounts']>> = await this.client.accounts(
          user,
          batch,
          token,
          call,
        );
        if (!answer.ok) return answer;
        for (const account of answer.value.items) if (wanted.has(account.id)) found.set(account.id, account);
        odd ||= answer.value.unreadable > 0;
        token = answer.value.next;
      }
    }
    return ok({ list: [...found.values()], odd });
  }

  private async further(
    user: ProviderUserRef,
    place: Place,
    since: BankDay | null,
    call: CallContext,
  ): Outcome<DataPage> {
    const batch = batches(place.accounts)[place.batch] ?? [];
    const filter = [...batch.map((id) => ['accountIdIn', id] as const), ...passFilter(place.pass, since)];
    // Without an account in the query Tink would give those of the user's other credentials too.
    if (batch.length === 0) return fail(tinkFailure('provider.bad_response'));
    const answer = await this.client.transactions(user, filter, place.token, call);
    if (!answer.ok) return answer;
    const { items, unreadable, next } = answer.value;
    const wanted = new Set(batch);
    const mine = items.filter(({ accountId }) => wanted.has(accountId));
    const transactions = mine.flatMap((transaction) => this.transaction(transaction));
    return ok({
      ...emptyPage(null),
      transactions,
      missing: [],
      unreadable: unreadable + mine.length - transactions.length,
      dataAsOf: place.asOf,
      next: following(place, next),
    });
  }

  private account(account: TinkAccount): ProviderAccount {
    if (!isKnownAccountType(account.type)) this.wire.reportUnknownWord('account type', account.type);
    return toAccount(account);
  }

  private transaction(transaction: TinkTransaction): readonly ProviderTransaction[] {
    const { status } = transaction;
    if (!isKnownTransactionStatus(status)) this.wire.reportUnknownWord('transaction status', status);
    const placed = toTransaction(transaction);
    return placed ? [placed] : [];
  }
}

/** @param coverage where it says nothing of accounts, an empty page says nothing either. */
function emptyPage(coverage: TinkCoverage | null): DataPage {
  const sure = coverage?.accountIds instanceof Array && FETCHED.has(coverage.status);
  const missing = sure ? [] : (['accounts', 'transactions'] as const);
  const nothing = { accounts: [], transactions: [], holdings: [], unreadable: 0 };
  return { kind: 'page', ...nothing, missing, dataAsOf: null, next: null };
}

/** A pending transaction has no booking day, so no filter of booking days may touch it. */
function passFilter(pass: Pass, since: BankDay | null): Pairs {
  if (pass === 'all') return [];
  if (pass === 'pending') return [['statusIn', 'PENDING']];
  const booked = [
    ['statusIn', 'BOOKED'],
    ['statusIn', 'UNDEFINED'],
  ] as const;
  return since === null ? booked : [...booked, ['bookedDateGte', since]];
}

function following(place: Place, token: string | null): DataPage['next'] {
  if (token !== null) return cursorOf({ ...place, token });
  const batch = place.batch + 1;
  if (batch * BATCH < place.accounts.length) return cursorOf({ ...place, batch, token: '' });
  return place.pass === 'pending' ? cursorOf({ ...place, pass: 'booked', batch: 0, token: '' }) : null;
}

function batches(ids: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(ids.length / BATCH);
  return Array.from({ length: count }, (_, n) => ids.slice(n * BATCH, (n + 1) * BATCH));
}

/** The accounts of one credential are fetched together; one that the bank closed keeps its old time. */
function latest(accounts: readonly TinkAccount[]): Date | null {
  const times = accounts.flatMap(({ lastRefreshed }) => (lastRefreshed ? [lastRefreshed.getTime()] : []));
  return times.length === 0 ? null : new Date(Math.max(...times));
}
