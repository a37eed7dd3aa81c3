import { Injectable, Logger } from '@nestjs/common';

import type { Observation } from '../credentials/observation.js';
import { Failure } from '../platform/errors/failure.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import type { UpstreamAnswer } from './deletion-receipt.js';
import { DeletionReceipts } from './deletion-receipts.js';
import { DeletionRetries } from './deletion-retries.js';
import type { Connection } from './domain/connection.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { evidenceOf } from './provider-evidence.js';
import { UpstreamDeletion } from './upstream-deletion.js';

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
    private readonly upstream: UpstreamDeletion,
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
    let begun = await this.begin(id, origin);
    for (let round = 1; begun && round <= PURGE_ROUNDS; round += 1) {
      const own = await this.upstream.run(begun);
      const left = await this.upstream.purgeFormers(id);
      const code = own.ok ? left : own.failure.code;
      const answer = own.ok && code === null ? own.value : (`failed:${String(code)}` as const);
      // Another credential may have come meanwhile, which is asked for then.
      begun = (await this.bury(begun, answer, origin)) ? null : await this.begin(id, origin);
    }
    return this.progress(id, begun === null);
  }

  /** The second half, also for a deletion that a crash cut short. @returns true when it is done. */
  async finish(connection: Connection, origin: Origin): Promise<boolean> {
    if (connection.state === 'deleted') return true;
    if (await this.retries.waitsForCall(connection)) return false;
    const answer = await this.upstream.run(connection);
    if (!answer.ok) {
      const facts = { connectionId: connection.id, provider: connection.provider, ...evidenceOf(answer.failure) };
      this.log.warn(facts, 'deletion goes on later');
      await this.retries.later(connection, answer.failure.retryAt);
      return false;
    }
    // Its own credential does not wait for those that it had before.
    await this.receipts.answered('connection', connection.id, answer.value);
    if ((await this.upstream.runFormers(connection.id)) && (await this.bury(connection, answer.value, origin)))
      return true;
    await this.retries.later(connection);
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

  /** @returns false when it has another credential than the one that was asked for */
  private async bury(connection: Connection, answer: UpstreamAnswer, origin: Origin): Promise<boolean> {
    const { id } = connection;
    await this.receipts.answered('connection', id, answer);
    const evidence = { note: NOTES[answer] ?? `deleted here, ${answer}` };
    const { refused } = await this.lifecycle.apply(id, GONE, origin, { evidence, known: connection });
    return refused !== 'overtaken';
  }

  private async progress(id: string, done: boolean): Promise<DeletionProgress> {
    const receipt = await this.receipts.of('connection', id);
    if (!receipt) throw new Failure('connection.not_found');
    return { receiptId: receipt.id, done: done || receipt.completedAt !== null };
  }
}

/** Each but the first is for a credential that a call brought while the one before was asked for. */
const PURGE_ROUNDS = 3;

const GONE: Observation = { state: 'deleted', cause: 'none', providerStatus: 'DELETED', providerStatusAt: null };

const NOTES: Readonly<Record<string, string>> = {
  deleted: 'deleted at the provider',
  already_gone: 'already gone at the provider',
  not_needed: 'nothing to delete at the provider',
};
