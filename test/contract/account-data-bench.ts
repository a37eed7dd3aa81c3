import { inspect } from 'node:util';

import type {
  AccountData,
  DataPage,
  ProviderAccount,
  ProviderHolding,
  ProviderTransaction,
} from '../../src/credentials/account-data.js';
import type { CallContext } from '../../src/credentials/call-context.js';
import type { CredentialRef } from '../../src/credentials/credential-ref.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';
import type { AccountDataHarness, StartDataHarness } from './account-data-harness.js';

/** All pages of one reading. */
export interface Reading {
  readonly accounts: readonly ProviderAccount[];
  readonly transactions: readonly ProviderTransaction[];
  readonly holdings: readonly ProviderHolding[];
  readonly missing: readonly string[];
  readonly unreadable: number;
}

const MAX_CALLS = 200;

/** One test's provider, with everything that it said remembered and searched for secrets at the end. */
export class AccountDataBench {
  readonly call: CallContext = { signal: new AbortController().signal };
  private readonly heard: unknown[] = [];

  private constructor(readonly harness: AccountDataHarness) {}

  static async open(start: StartDataHarness): Promise<AccountDataBench> {
    return new AccountDataBench(await start());
  }

  get data(): AccountData {
    const { data } = this.harness.provider;
    if (!data) throw new Error('The provider has no account data.');
    return data;
  }

  /** To the last page; waits where the provider is still collecting. */
  async read(ref: CredentialRef, since: string | null = null): Promise<Reading> {
    const pages: DataPage[] = [];
    let cursor: SecretValue | null = null;
    for (let calls = 0; calls < MAX_CALLS; calls += 1) {
      const result = await this.data.read(ref, { since, cursor }, this.call);
      this.heard.push(result);
      if (!result.ok) throw new Error(`The provider failed: ${result.failure.code}.`);
      if (result.value.kind === 'not_ready') {
        this.harness.advance(Math.max(0, result.value.retryAt.getTime() - this.harness.now().getTime()));
        ({ cursor } = result.value);
        continue;
      }
      pages.push(result.value);
      cursor = result.value.next;
      if (!cursor) return joined(pages);
    }
    throw new Error('The reading does not end.');
  }

  /** The failure of the reading's first call. */
  async failure(ref: CredentialRef, call: CallContext = this.call): Promise<ProviderFailure | 'no failure'> {
    const result = await this.data.read(ref, { since: null, cursor: null }, call);
    this.heard.push(result);
    return result.ok ? 'no failure' : result.failure;
  }

  /** The failure of a call with a cursor that the provider never gave. */
  async failureOf(ref: CredentialRef, cursor: SecretValue): Promise<ProviderFailure | 'no failure'> {
    const result = await this.data.read(ref, { since: null, cursor }, this.call);
    this.heard.push(result);
    return result.ok ? 'no failure' : result.failure;
  }

  /** Closes, and throws when anything that was said holds a secret. */
  async close(): Promise<void> {
    await this.harness.close();
    const all = [...this.heard, ...this.harness.spoken()];
    const said = inspect(all, { depth: Infinity, showHidden: true }) + JSON.stringify(all);
    if (this.harness.secrets.some((secret) => said.includes(secret))) throw new Error('A secret was shown.');
  }
}

function joined(pages: readonly DataPage[]): Reading {
  const [first, ...rest] = pages;
  if (rest.some(({ accounts, holdings }) => accounts.length > 0 || holdings.length > 0)) {
    throw new Error('Accounts and holdings belong on the first page.');
  }
  return {
    accounts: first?.accounts ?? [],
    holdings: first?.holdings ?? [],
    transactions: pages.flatMap(({ transactions }) => transactions),
    missing: [...new Set(pages.flatMap(({ missing }) => missing))],
    unreadable: pages.reduce((sum, { unreadable }) => sum + unreadable, 0),
  };
}
