import { Logger as NestLogger } from '@nestjs/common';
import type { Logger } from 'typeorm';

/** TypeORM's log without statements' parameters, which may be secrets. Statements themselves hold only placeholders. */
export class SafeQueryLogger implements Logger {
  private readonly logger = new NestLogger('Database');

  /** TypeORM calls this for every statement, whatever the level; the hot path must not pay for it. */
  logQuery(): void {
    // Statements are not logged.
  }

  logQueryError(error: string | Error, query: string): void {
    const state: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    this.logger.debug({ msg: 'query failed', query, state });
  }

  logQuerySlow(time: number, query: string): void {
    this.logger.warn({ msg: 'slow query', query, timeMs: time });
  }

  logSchemaBuild(message: string): void {
    this.logger.debug(message);
  }

  logMigration(message: string): void {
    this.logger.log(message);
  }

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') this.logger.warn(String(message));
    else this.logger.debug(String(message));
  }
}
