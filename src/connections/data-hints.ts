import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Writes what follows from a hint, e.g. the job of a load. Told the same twice, it must do no harm. */
export type DataHintFollower = (manager: EntityManager, connectionId: string) => Promise<void>;

/**
 * Says that a provider may have new data of a connection. A hint comes also when the state did not change, which
 * `ConnectionChanges` would not tell. Followers are declared in `onModuleInit`.
 */
@Injectable()
export class DataHints {
  private readonly followers: DataHintFollower[] = [];

  constructor(private readonly database: DataSource) {}

  follow(follower: DataHintFollower): void {
    this.followers.push(follower);
  }

  /** @param manager of the transaction that the hint belongs to; `null` = one of its own. Rejects when a follower does. */
  async tell(manager: EntityManager | null, connectionId: string): Promise<void> {
    if (!manager) {
      await this.database.transaction(async (own) => this.tell(own, connectionId));
      return;
    }
    for (const follower of this.followers) await follower(manager, connectionId);
  }
}
