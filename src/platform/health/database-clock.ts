import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface ClockReading {
  readonly at: Date;
  /** Milliseconds from the question to the answer; the database looked at its clock somewhere in between. */
  readonly roundTripMs: number;
}

/** Asks the database what time it is. */
@Injectable()
export class DatabaseClock {
  constructor(private readonly database: DataSource) {}

  /** @param asked is called when the question goes out: waiting for a connection is no part of the round trip. */
  async read(asked: () => void): Promise<ClockReading> {
    const runner = this.database.createQueryRunner();
    try {
      await runner.connect();
      asked();
      const start = performance.now();
      const rows = await this.database.query<{ at: Date }[]>('SELECT clock_timestamp() AS at', [], runner);
      const roundTripMs = performance.now() - start;
      const [row] = rows;
      if (!row) throw new Error('The database did not say the time.');
      return { at: row.at, roundTripMs };
    } finally {
      await runner.release();
    }
  }
}
