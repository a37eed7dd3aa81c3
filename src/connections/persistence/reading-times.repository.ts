import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** When providers were last asked. */
@Injectable()
export class ReadingTimesRepository {
  constructor(private readonly database: DataSource) {}

  /** When the last reading of a connection began, in any process. It may still run, or have failed. */
  async lastBegan(id: string): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }[]>(
      'SELECT observed_at AS at FROM connections WHERE id = $1',
      [id],
    );
    return row?.at ?? null;
  }

  /** A reading that began after `since` brought nothing: nobody must rely on it. */
  async forgetSince(id: string, since: Date): Promise<void> {
    await this.database.query(`UPDATE connections SET observed_at = NULL WHERE id = $1 AND observed_at > $2`, [
      id,
      since,
    ]);
  }
}
