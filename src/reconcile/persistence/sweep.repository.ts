import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { SecretValue } from '../../credentials/secret-value.js';
import { SealedSecret } from '../../platform/crypto/sealed-secret.js';
import type { SealAddress, Sealed } from '../../platform/crypto/sealed.js';
import { Sealer } from '../../platform/crypto/sealer.js';

/** How far the search at one provider is. */
export interface Sweep {
  readonly provider: string;
  /** First what the provider has, then our connections that were not among it. */
  readonly phase: 'upstream' | 'local' | 'done';
  readonly startedAt: Date;
  readonly previousStartedAt: Date | null;
  /** The provider's own, of a census. */
  readonly cursor: SecretValue | null;
  /** The last user or connection that was looked at. */
  readonly afterId: string | null;
  /** Counts writes: of two processes that go on from the same place, one stops. */
  readonly step: number;
}

interface Row {
  readonly provider: string;
  readonly phase: Sweep['phase'];
  readonly started_at: Date;
  readonly previous_started_at: Date | null;
  readonly cursor_sealed: Sealed | null;
  readonly after_id: string | null;
  readonly step: number;
}

@Injectable()
export class SweepRepository {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
  ) {}

  async find(provider: string): Promise<Sweep | null> {
    const [row] = await this.database.query<Row[]>(`SELECT * FROM reconcile_sweeps WHERE provider = $1`, [provider]);
    return row ? this.toSweep(row) : null;
  }

  /** Begins a sweep, the first or the next. @returns `null` when another process did. */
  async begin(provider: string, before: Sweep | null, now: Date): Promise<Sweep | null> {
    const rows = before
      ? (
          await this.database.query<[Row[], number]>(
            `UPDATE reconcile_sweeps SET phase = 'upstream', started_at = $2, previous_started_at = started_at,
                cursor_sealed = NULL, after_id = NULL, step = step + 1
              WHERE provider = $1 AND step = $3 RETURNING *`,
            [provider, now, before.step],
          )
        )[0]
      : await this.database.query<Row[]>(
          `INSERT INTO reconcile_sweeps (provider, phase, started_at) VALUES ($1, 'upstream', $2)
            ON CONFLICT DO NOTHING RETURNING *`,
          [provider, now],
        );
    const [row] = rows;
    return row ? this.toSweep(row) : null;
  }

  /** @returns the sweep as it is then; `null` when another process has gone on meanwhile. */
  async goOn(sweep: Sweep, to: Pick<Sweep, 'phase' | 'cursor' | 'afterId'>): Promise<Sweep | null> {
    const sealed = to.cursor && this.sealer.seal(to.cursor, cursorAddress(sweep.provider));
    const [rows] = await this.database.query<[Row[], number]>(
      `UPDATE reconcile_sweeps SET phase = $3, cursor_sealed = $4, after_id = $5, step = step + 1
        WHERE provider = $1 AND step = $2 RETURNING *`,
      [sweep.provider, sweep.step, to.phase, sealed, to.afterId],
    );
    const [row] = rows;
    return row ? this.toSweep(row) : null;
  }

  private toSweep(row: Row): Sweep {
    const { provider, phase, cursor_sealed: sealed } = row;
    return {
      provider,
      phase,
      startedAt: row.started_at,
      previousStartedAt: row.previous_started_at,
      cursor: sealed && new SealedSecret(this.sealer, sealed, cursorAddress(provider)),
      afterId: row.after_id,
      step: row.step,
    };
  }
}

function cursorAddress(provider: string): SealAddress {
  return { table: 'reconcile_sweeps', row: provider, field: 'cursor_sealed' };
}
