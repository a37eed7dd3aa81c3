import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { DeletionReceipt, UpstreamAnswer } from '../connections/deletion-receipt.js';
import { DeletionReceipts } from '../connections/deletion-receipts.js';
import { DeletionReceiptRepository } from '../connections/persistence/deletion-receipt.repository.js';
import { Outbox } from '../webhooks/outbound/outbox.js';

/** What is told of a deletion that is done: the receipt, which names those of the connections, and the event. */
@Injectable()
export class UserFarewell {
  constructor(
    private readonly receipts: DeletionReceipts,
    private readonly stored: DeletionReceiptRepository,
    private readonly outbox: Outbox,
  ) {}

  /** @param traces rows by room */
  async run(manager: EntityManager, userId: string, traces: Readonly<Record<string, number>>): Promise<void> {
    const subject = { kind: 'user', id: userId, userId, provider: null } as const;
    await this.receipts.request(manager, subject, 'eraser');
    const pending = await this.stored.lock(manager, 'user', userId);
    if (!pending) throw new TypeError('The receipt of a user was not written.');
    await this.outbox.add(manager, {
      type: 'user.deleted',
      userId,
      connectionId: null,
      data: { receiptId: pending.id },
    });
    const connectionReceipts = await this.stored.ofConnectionsOf(manager, userId);
    const what = { connections: connectionReceipts.length, connectionReceipts, traces };
    await this.receipts.complete(manager, subject, what, answerOf(pending));
  }
}

/** All providers that knew the user, in one word. */
function answerOf({ what }: DeletionReceipt): UpstreamAnswer {
  const answers = Object.values(what['providerUsers'] ?? {});
  if (answers.length === 0) return 'not_needed';
  return answers.includes('deleted') ? 'deleted' : 'already_gone';
}
