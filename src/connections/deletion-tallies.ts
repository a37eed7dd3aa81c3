import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Counts what a room keeps of a connection, by names that a receipt may show. */
export type Tally = (manager: EntityManager, connectionId: string) => Promise<Readonly<Record<string, number>>>;

/** Where rooms say what they keep of a connection, for the receipt of its deletion. Declared in `onModuleInit`. */
@Injectable()
export class DeletionTallies {
  private readonly tallies: Tally[] = [];

  add(tally: Tally): void {
    this.tallies.push(tally);
  }

  /** Inside the transaction of the deletion, before anything is deleted. */
  async of(manager: EntityManager, connectionId: string): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const tally of this.tallies) Object.assign(counts, await tally(manager, connectionId));
    return counts;
  }
}
