import { Injectable, Logger } from '@nestjs/common';

import type { AccountData } from '../credentials/account-data.js';
import type { ProviderFailure } from '../credentials/failure.js';
import { credentialRefOf } from '../connections/credential-ref.js';
import type { Connection } from '../connections/domain/connection.js';
import { ConnectionRepository } from '../connections/persistence/connection.repository.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { DataMetrics } from './data-metrics.js';
import type { LoadChanges } from './domain/load-result.js';
import { MergeReading } from './merge-reading.js';
import type { ReadingClaim } from './persistence/data-reading.repository.js';
import { ReadPages } from './read-pages.js';
import { ReadingClaims } from './reading-claims.js';

export interface LoadOptions {
  /** Reads also when nothing is said to be new. Never earlier than the provider allows. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * `loaded`: all is here. `partial`: stored as far as it came, goes on at once. `not_ready`: goes on at the provider's
 * time. `failed`: what was here stays; tried again with growing waits. `lost`: deleted or taken over on the way.
 * `unchanged`, `early`, `busy`: nothing was asked. `skipped`: there is nothing to ask.
 */
export type LoadOutcome =
  'loaded' | 'partial' | 'not_ready' | 'failed' | 'lost' | 'unchanged' | 'early' | 'busy' | 'skipped';

export interface LoadResult {
  readonly outcome: LoadOutcome;
  readonly changes: LoadChanges | null;
}

const ended = (outcome: LoadOutcome, changes: LoadChanges | null = null): LoadResult => ({ outcome, changes });

/** Brings a connection's accounts, balances, transactions and holdings up to what its provider has. */
@Injectable()
export class LoadAccountData {
  private readonly log = new Logger(LoadAccountData.name);

  constructor(
    private readonly connections: ConnectionRepository,
    private readonly registry: ProviderRegistry,
    private readonly claims: ReadingClaims,
    private readonly pages: ReadPages,
    private readonly merge: MergeReading,
    private readonly metrics: DataMetrics,
  ) {}

  /** Never fails because of the provider. One run at a time for a connection, over all processes. */
  async run(connectionId: string, options: LoadOptions = {}): Promise<LoadResult> {
    const connection = await this.connections.find(connectionId);
    const data = connection && this.registry.get(connection.provider)?.data;
    if (!data || !connection.credentialId || connection.state === 'deleting') return ended('skipped');
    const claim = await this.claims.take(connection, options.force ?? false);
    const result = typeof claim === 'string' ? ended(claim) : await this.timed(connection, data, claim, options);
    this.metrics.ended(connection.provider, result.outcome);
    const facts = { connectionId, provider: connection.provider, outcome: result.outcome };
    this.log.log({ ...facts, ...result.changes }, 'account data read');
    return result;
  }

  private async timed(connection: Connection, data: AccountData, claim: ReadingClaim, options: LoadOptions) {
    const stop = this.metrics.timer(connection.provider);
    try {
      return await this.load(connection, data, claim, options);
    } catch (error) {
      // Ours to mend; the claim goes back, and the job's own repeats are not the only hope.
      await this.claims.failed(claim, 'internal');
      throw error;
    } finally {
      stop();
    }
  }

  private async load(connection: Connection, data: AccountData, claim: ReadingClaim, { signal }: LoadOptions) {
    const goesOn = this.claims.keeper(claim);
    const { since, cursor } = claim;
    const read = await this.pages.run(data, { ref: credentialRefOf(connection), since, cursor, signal, goesOn });
    if (read === null) return ended('lost');
    if (!read.ok) return this.afterFailure(connection, claim, read.failure);
    const changes = await this.merge.run(connection, claim, read.value);
    if (!changes) return ended('lost');
    this.metrics.changed(connection.provider, changes);
    const { next } = read.value;
    if (!next) return ended('loaded', changes);
    return ended(next.retryAt ? 'not_ready' : 'partial', changes);
  }

  private async afterFailure(connection: Connection, claim: ReadingClaim, failure: ProviderFailure) {
    await this.claims.failed(claim, failure.code, failure.retryAt);
    const { code, evidence } = failure;
    const facts = { connectionId: connection.id, provider: connection.provider, code, ...evidence };
    this.log.warn(facts, 'account data not readable');
    return ended('failed');
  }
}
