import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';

/**
 * A connection that receipt keeps for itself, so that it never waits behind jobs and requests for a place in the pool.
 * The pool takes it back when it ends. A second transaction at the same time gets one of the pool.
 */
@Injectable()
export class InboxConnection {
  private kept: QueryRunner | null = null;

  constructor(private readonly database: DataSource) {}

  /** After an error the next transaction gets another connection. */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.take();
    try {
      const result = await runner.manager.transaction(work);
      if (this.kept) await runner.release();
      else this.kept = runner;
      return result;
    } catch (error) {
      await runner.release();
      throw error;
    }
  }

  private take(): QueryRunner {
    const kept = this.kept;
    this.kept = null;
    // The server may have ended it meanwhile.
    return kept && !kept.isReleased ? kept : this.database.createQueryRunner();
  }
}
