import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { UpstreamAnswer } from '../connections/deletion-receipt.js';
import { DeletionReceipts } from '../connections/deletion-receipts.js';
import { DeletionReceiptRepository } from '../connections/persistence/deletion-receipt.repository.js';
import { Outbox } from '../webhooks/outbound/outbox.js';
import type { Unanswered } from './delete-provider-users.js';
import type { Forgotten } from './forget-person.js';
import { ConnectionAnswersRepository } from './persistence/connection-answers.repository.js';
import type { Unfinished } from './persistence/unfinished.repository.js';
import { oneAnswer } from './upstream-answer.js';

type Answers = Readonly<Record<string, UpstreamAnswer>>;

export interface Departure extends Forgotten {
  readonly unanswered: Unanswered;
}

/** What is told of a deletion that is done: the receipt, which names those of the connections, and the event. */
@Injectable()
export class UserFarewell {
  constructor(
    private readonly receipts: DeletionReceipts,
    private readonly stored: DeletionReceiptRepository,
    private readonly connections: ConnectionAnswersRepository,
    private readonly outbox: Outbox,
  ) {}

  async run(manager: EntityManager, userId: string, departure: Departure): Promise<void> {
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
    const { traces, unfinished, unanswered } = departure;
    // Whoever asked at the same time may have had an answer.
    const providerUsers = { ...failures(unanswered), ...(pending.what['providerUsers'] as Answers | undefined) };
    const connectionReceipts = await this.stored.ofConnectionsOf(manager, userId);
    const what = {
      ...{ connections: connectionReceipts.length, connectionReceipts, traces },
      ...filled('providerUsers', providerUsers),
      ...filled('unfinished', byProvider(unfinished)),
    };
    const ofConnections = await this.connections.of(manager, userId);
    const answers = [...Object.values(providerUsers), ...ofConnections, ...unknown(unfinished, providerUsers)];
    await this.receipts.complete(manager, subject, what, oneAnswer(answers));
  }
}

function failures(unanswered: Unanswered): Answers {
  return Object.fromEntries(
    Object.entries(unanswered).map(([provider, code]) => [provider, `failed:${code}` as const]),
  );
}

/** Where the user is gone, a credential is too. Elsewhere nobody knows what is left. */
function unknown(unfinished: readonly Unfinished[], users: Answers): UpstreamAnswer[] {
  return unfinished
    .filter(({ provider }) => users[provider] === undefined)
    .map(({ code }) => `failed:${code}` as const);
}

function byProvider(unfinished: readonly Unfinished[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { provider, count } of unfinished) counts[provider] = (counts[provider] ?? 0) + count;
  return counts;
}

function filled<T extends object>(name: string, members: T): Record<string, T> {
  return Object.keys(members).length === 0 ? {} : { [name]: members };
}
