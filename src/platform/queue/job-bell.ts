import { Injectable } from '@nestjs/common';
import { DataSource, type EntitySubscriberInterface, type QueryRunner, type TransactionCommitEvent } from 'typeorm';

/** Wakes the idle workers of this process when it has sent a job itself. Other processes find it when they look. */
@Injectable()
export class JobBell implements EntitySubscriberInterface {
  private readonly listeners = new Map<string, () => void>();
  /** Queues with a job in a transaction that has yet to commit. */
  private readonly uncommitted = new WeakMap<QueryRunner, Set<string>>();

  constructor(database: DataSource) {
    database.subscribers.push(this);
  }

  listen(queue: string, wake: () => void): void {
    this.listeners.set(queue, wake);
  }

  ring(queue: string): void {
    this.listeners.get(queue)?.();
  }

  /** Earlier, nobody could see the job. */
  ringAfterCommit(queue: string, runner: QueryRunner): void {
    if (!this.listeners.has(queue)) return;
    const queues = this.uncommitted.get(runner);
    if (queues) queues.add(queue);
    else this.uncommitted.set(runner, new Set([queue]));
  }

  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    // Only a savepoint is over.
    if (queryRunner.isTransactionActive) return;
    const queues = this.uncommitted.get(queryRunner);
    if (!queues) return;
    this.uncommitted.delete(queryRunner);
    for (const queue of queues) this.ring(queue);
  }

  afterTransactionRollback({ queryRunner }: TransactionCommitEvent): void {
    if (!queryRunner.isTransactionActive) this.uncommitted.delete(queryRunner);
  }
}
