import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { RetireFormerCredentials } from '../connections/credential-retirement.js';
import { Clock } from '../platform/time/clock.js';
import { UnfinishedRepository } from './persistence/unfinished.repository.js';

/** Has the former credentials of a user asked for once more, before whatever else is due. */
@Injectable()
export class RetireOfUser {
  constructor(
    private readonly database: DataSource,
    private readonly unfinished: UnfinishedRepository,
    private readonly retirement: RetireFormerCredentials,
    private readonly clock: Clock,
  ) {}

  async run(userId: string): Promise<void> {
    const count = await this.unfinished.makeDue(this.database.manager, userId, this.clock.now());
    if (count > 0) await this.retirement.run();
  }
}
