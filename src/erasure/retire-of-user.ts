import { Injectable } from '@nestjs/common';

import { RetireFormerCredentials } from '../connections/credential-retirement.js';
import { DeletionReceiptRepository } from '../connections/persistence/deletion-receipt.repository.js';
import { Clock } from '../platform/time/clock.js';
import { UnfinishedRepository } from './persistence/unfinished.repository.js';

/** Has the former credentials of a user deleted at their providers now, before whatever else is due. */
@Injectable()
export class RetireOfUser {
  constructor(
    private readonly unfinished: UnfinishedRepository,
    private readonly retirement: RetireFormerCredentials,
    private readonly receipts: DeletionReceiptRepository,
    private readonly clock: Clock,
  ) {}

  async run(userId: string): Promise<void> {
    const before = await this.unfinished.providersOfFormers(userId);
    if (before.length === 0) return;
    await this.unfinished.makeDue(userId, this.clock.now());
    await this.retirement.run();
    const left = await this.unfinished.providersOfFormers(userId);
    for (const provider of before.filter((each) => !left.includes(each))) {
      await this.receipts.providerAnswered(userId, provider, 'deleted');
    }
  }
}
