import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { ConnectionEntity } from './connection.entity.js';

/** When providers were last asked. */
@Injectable()
export class ReadingTimesRepository {
  constructor(private readonly database: DataSource) {}

  /** When the last reading of a connection began, in any process. It may still run, or have failed. */
  async lastBegan(id: string): Promise<Date | null> {
    const row = await this.database.manager.findOne(ConnectionEntity, { where: { id }, select: { observedAt: true } });
    return row?.observedAt ?? null;
  }

  /** A reading that began after `since` brought nothing: nobody must rely on it. */
  async forgetSince(id: string, since: Date): Promise<void> {
    await this.database.query(`UPDATE connections SET observed_at = NULL WHERE id = $1 AND observed_at > $2`, [
      id,
      since,
    ]);
  }
}
