import { Injectable } from '@nestjs/common';

import type {
  AccountData,
  BankDay,
  DataNotReady,
  ProviderAccount,
  ProviderHolding,
  ProviderTransaction,
} from '../credentials/account-data.js';
import type { CredentialRef } from '../credentials/credential-ref.js';
import type { ProviderFailure } from '../credentials/failure.js';
import { ok, type Result } from '../credentials/result.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import type { Group } from './domain/reading.js';

/** What one run reads at most; the rest is the next run's. */
const MAX_PAGES = 500;
const MAX_TRANSACTIONS = 50_000;
export const MAX_READING_MS = 2 * 60_000;

export interface PagesRead {
  readonly accounts: ProviderAccount[];
  readonly transactions: ProviderTransaction[];
  readonly holdings: ProviderHolding[];
  readonly missing: Set<Group>;
  /** Transactions that the provider could not read. */
  unreadable: number;
  asOf: Date | null;
  pages: number;
  /** Where to go on; `null` = the reading is complete. */
  next: { readonly cursor: SecretValue; readonly retryAt: Date | null } | null;
}

export interface PagesRequest {
  readonly ref: CredentialRef;
  readonly since: BankDay | null;
  readonly cursor: SecretValue | null;
  readonly signal: AbortSignal | undefined;
  /** Before every page after the first. @returns false when the claim was lost. */
  readonly goesOn: () => Promise<boolean>;
}

/** Reads a provider page by page, as much as one run may hold. */
@Injectable()
export class ReadPages {
  constructor(
    private readonly providers: ProviderAccess,
    private readonly clock: Clock,
  ) {}

  /** @returns `null` when the claim was lost on the way. */
  async run(data: AccountData, request: PagesRequest): Promise<Result<PagesRead, ProviderFailure> | null> {
    const read: PagesRead = {
      ...{ accounts: [], transactions: [], holdings: [], missing: new Set<Group>(), unreadable: 0 },
      ...{ asOf: null, pages: 0, next: null },
    };
    const end = this.clock.now().getTime() + MAX_READING_MS;
    for (let cursor = request.cursor; ; cursor = read.next.cursor) {
      if (read.pages > 0 && !(await request.goesOn())) return null;
      const result = await data.read(request.ref, { since: request.since, cursor }, this.call(request.signal));
      if (!result.ok) return result;
      if (result.value.kind === 'not_ready') return ok(this.waiting(read, result.value));
      add(read, result.value);
      const isEnough = read.pages >= MAX_PAGES || read.transactions.length >= MAX_TRANSACTIONS;
      if (read.next === null || isEnough || this.clock.now().getTime() >= end) return ok(read);
    }
  }

  private waiting(read: PagesRead, { cursor, retryAt }: DataNotReady): PagesRead {
    return { ...read, next: { cursor, retryAt } };
  }

  /** Each page has a deadline of its own. */
  private call(signal: AbortSignal | undefined) {
    const call = this.providers.call();
    return signal ? { ...call, signal: AbortSignal.any([call.signal, signal]) } : call;
  }
}

function add(read: PagesRead, page: Extract<Awaited<ReturnType<AccountData['read']>>, { ok: true }>['value']): void {
  if (page.kind !== 'page') return;
  read.accounts.push(...page.accounts);
  read.transactions.push(...page.transactions);
  read.holdings.push(...page.holdings);
  for (const group of page.missing) read.missing.add(group);
  read.unreadable += page.unreadable;
  read.asOf = page.dataAsOf ?? read.asOf;
  read.pages += 1;
  read.next = page.next && { cursor: page.next, retryAt: null };
}
