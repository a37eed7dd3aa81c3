import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { Ids } from '../platform/ids/ids.js';
import { Clock } from '../platform/time/clock.js';
import { ConnectionChanges, type ConnectionChange } from './connection-changes.js';
import type { Deleted, DeletionReceipt, SubjectKind, UpstreamAnswer } from './deletion-receipt.js';
import { DeletionTallies } from './deletion-tallies.js';
import type { Connection } from './domain/connection.js';
import { DeletionReceiptRepository } from './persistence/deletion-receipt.repository.js';

/** Whose deletion a receipt is about. */
export interface DeletionSubject {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly userId: string;
  readonly provider: string | null;
}

/**
 * Writes the receipts: a pending one in the transaction that begins a deletion, the complete one in the transaction
 * that ends it. Both or neither.
 */
@Injectable()
export class DeletionReceipts {
  private readonly log = new Logger(DeletionReceipts.name);

  constructor(
    changes: ConnectionChanges,
    private readonly receipts: DeletionReceiptRepository,
    private readonly tallies: DeletionTallies,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {
    // Not in `onModuleInit`: it counts what the followers of other rooms delete, so it must be told before them.
    changes.follow(async (manager, change) => this.follow(manager, change));
  }

  /** Idempotent. */
  async request(manager: EntityManager, { kind, ...subject }: DeletionSubject, requestedBy: string): Promise<void> {
    await this.receipts.addPending(manager, {
      id: this.ids.next(),
      subjectKind: kind,
      subjectId: subject.id,
      userId: subject.userId,
      provider: subject.provider,
      requestedAt: this.clock.now(),
      requestedBy,
      upstreamAnswer: null,
      upstreamAt: null,
      what: {},
    });
  }

  /** Also after the deletion. `null` = it was never asked for, or before there were receipts. */
  async of(kind: SubjectKind, id: string): Promise<DeletionReceipt | null> {
    return this.receipts.ofSubject(kind, id);
  }

  /** Written at once, so that a crash before the end does not lose who deleted it. */
  async answered(kind: SubjectKind, id: string, answer: UpstreamAnswer): Promise<void> {
    await this.receipts.answered(kind, id, answer, this.clock.now());
  }

  /**
   * Within the transaction that ends the deletion, as late in it as can be: the chain has one end, and others wait.
   * @param answer counts when none was written down before
   */
  async complete(
    manager: EntityManager,
    subject: DeletionSubject,
    what: Deleted,
    answer: UpstreamAnswer = 'already_gone',
  ): Promise<void> {
    await this.request(manager, subject, 'provider');
    const pending = await this.receipts.lock(manager, subject.kind, subject.id);
    if (!pending || pending.completedAt) return;
    const now = this.clock.now();
    const { seq, hash } = await this.receipts.complete(manager, {
      ...pending,
      upstreamAnswer: pending.upstreamAnswer ?? answer,
      upstreamAt: pending.upstreamAt ?? now,
      what: { ...pending.what, ...what },
      completedAt: now,
    });
    // Outside of the database, so that a chain that was written anew as a whole can be told.
    this.log.log({ receiptId: pending.id, kind: subject.kind, seq, hash }, 'deletion receipt complete');
  }

  private async follow(manager: EntityManager, { before, after, event }: ConnectionChange): Promise<void> {
    if (before === null || before.state === 'deleted') return;
    const subject = { kind: 'connection', id: after.id, userId: after.userId, provider: after.provider } as const;
    if (after.state === 'deleting') await this.request(manager, subject, event?.actor ?? 'unknown');
    if (after.state !== 'deleted') return;
    const counts = await this.tallies.of(manager, after.id);
    const [kept] = await manager.query<{ events: number }[]>(
      `SELECT count(*)::int AS events FROM connection_events WHERE connection_id = $1`,
      [after.id],
    );
    await this.complete(manager, subject, {
      eventsKept: kept?.events ?? 0,
      secretsShredded: secretsOf(before),
      ...counts,
    });
  }
}

/** What of the row opens something, or tells who logged in. Dialogues end before, when the deletion begins. */
function secretsOf({ credentialId, sessionRef, challenge, fingerprint }: Connection): number {
  return [credentialId, sessionRef, challenge, fingerprint].filter((secret) => secret !== null).length;
}
