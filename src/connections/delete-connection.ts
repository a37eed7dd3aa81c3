import { Injectable, Logger } from '@nestjs/common';

import type { ProviderFailure } from '../credentials/failure.js';
import type { Observation } from '../credentials/observation.js';
import { fail, ok, type Result } from '../credentials/result.js';
import { Failure } from '../platform/errors/failure.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { credentialRefOf } from './credential-ref.js';
import type { UpstreamAnswer } from './deletion-receipt.js';
import { DeletionReceipts } from './deletion-receipts.js';
import { DeletionRetries } from './deletion-retries.js';
import type { Connection } from './domain/connection.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { evidenceOf } from './provider-evidence.js';

/** How far a deletion is. */
export interface DeletionProgress {
  readonly receiptId: string;
  /** False = it goes on later by itself. */
  readonly done: boolean;
}

/** Deletes upstream first, then here. What cannot be deleted upstream now stays `deleting` and is tried again. */
@Injectable()
export class DeleteConnection {
  private readonly log = new Logger(DeleteConnection.name);

  constructor(
    private readonly connections: ConnectionRepository,
    private readonly registry: ProviderRegistry,
    private readonly providers: ProviderAccess,
    private readonly lifecycle: ConnectionLifecycle,
    private readonly receipts: DeletionReceipts,
    private readonly retries: DeletionRetries,
  ) {}

  /** Repeating it gives the same receipt, also when it is done. @throws Failure `connection.not_found` */
  async run(id: string, origin: Origin): Promise<DeletionProgress> {
    const begun = await this.begin(id, origin);
    if (begun && (await this.finish(begun, origin))) return this.progress(id, true);
    return this.progress(id, begun === null);
  }

  /** All connections of a user. @returns how many go on later. */
  async runForUser(userId: string, origin: Origin): Promise<number> {
    let unfinished = 0;
    for (const id of await this.connections.idsOfUser(userId)) {
      if (!(await this.run(id, origin)).done) unfinished += 1;
    }
    return unfinished;
  }

  /**
   * For operators, when a provider will never answer: deletes here whatever the provider says, and the receipt says
   * what it said. @throws Failure `connection.not_found`
   */
  async purge(id: string, origin: Origin): Promise<DeletionProgress> {
    const begun = await this.begin(id, origin);
    if (begun) {
      const answer = await this.askProvider(begun);
      await this.bury(begun, answer.ok ? answer.value : `failed:${answer.failure.code}`, origin);
    }
    return this.progress(id, true);
  }

  /** The second half, also for a deletion that a crash cut short. @returns true when it is done. */
  async finish(connection: Connection, origin: Origin): Promise<boolean> {
    if (connection.state === 'deleted') return true;
    const answer = await this.askProvider(connection);
    if (answer.ok) {
      await this.bury(connection, answer.value, origin);
      return true;
    }
    const facts = { connectionId: connection.id, provider: connection.provider, ...evidenceOf(answer.failure) };
    this.log.warn(facts, 'deletion goes on later');
    await this.retries.later(connection, answer.failure.retryAt);
    return false;
  }

  /** @returns `null` when it was deleted before. */
  private async begin(id: string, origin: Origin): Promise<Connection | null> {
    if (await this.connections.find(id)) {
      const { connection } = await this.lifecycle.apply(id, { state: 'deleting' }, origin);
      return connection.state === 'deleted' ? null : connection;
    }
    if (await this.receipts.of('connection', id)) return null;
    throw new Failure('connection.not_found', { detail: 'There is no connection with this id.' });
  }

  private async askProvider(connection: Connection): Promise<Result<UpstreamAnswer, ProviderFailure>> {
    if (!connection.credentialId) return ok('not_needed');
    const provider = this.registry.get(connection.provider);
    if (!provider) return fail(ABSENT);
    const result = await provider.credentials.delete(credentialRefOf(connection), this.providers.call());
    return result.ok ? ok(result.value.alreadyGone ? 'already_gone' : 'deleted') : result;
  }

  private async bury({ id }: Connection, answer: UpstreamAnswer, origin: Origin): Promise<void> {
    await this.receipts.answered('connection', id, answer);
    await this.lifecycle.apply(id, GONE, origin, { evidence: { note: NOTES[answer] ?? `deleted here, ${answer}` } });
  }

  private async progress(id: string, done: boolean): Promise<DeletionProgress> {
    const receipt = await this.receipts.of('connection', id);
    if (!receipt) throw new Failure('connection.not_found');
    return { receiptId: receipt.id, done: done || receipt.completedAt !== null };
  }
}

const GONE: Observation = { state: 'deleted', cause: 'none', providerStatus: 'DELETED', providerStatusAt: null };

const NOTES: Readonly<Record<string, string>> = {
  deleted: 'deleted at the provider',
  already_gone: 'already gone at the provider',
  not_needed: 'nothing to delete at the provider',
};

/** The provider's settings were taken away. Its connections wait until they are back, or for an operator. */
const ABSENT: ProviderFailure = {
  code: 'provider.disabled',
  message: 'The provider is not configured.',
  mayHaveHappened: false,
};
