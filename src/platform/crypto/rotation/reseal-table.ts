import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '../../time/clock.js';
import { KeyRing } from '../key-ring.js';
import type { Sealed } from '../sealed.js';
import { Sealer, UnsealError } from '../sealer.js';
import { RotationRepository, type Resealed, type SealedRow } from './rotation.repository.js';
import { sealedTable, type SealedTable } from './sealed-columns.js';

/** Rows looked at in one statement and locked in one transaction. */
const BATCH = 200;
/** A pass that finds nothing ends it. So many mean that a process still seals with the old key. */
const MOST_PASSES = 10;

/** Seals the values of one table anew with the current key, a batch at a time. */
@Injectable()
export class ResealTable {
  private readonly log = new Logger(ResealTable.name);

  constructor(
    private readonly rows: RotationRepository,
    private readonly sealer: Sealer,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  /**
   * One batch. Safe at any time, from any number of processes, and while others write the same rows.
   * @returns whether the table is done. @throws Error when the rotation is to a key that is not current here
   */
  async step(table: string): Promise<boolean> {
    const from = await this.rows.progressOf(table);
    if (!from || from.finishedAt) return true;
    if (from.keyId !== this.keys.current.id) {
      throw new Error('The rotation is to a key that is not the current one of this process.');
    }
    const place = sealedTable(table);
    const found = await this.rows.rowsAfter(place, from.position, BATCH);
    const { changes, unreadable } = this.reseal(place, found);
    const last = found.length < BATCH;
    const anew = from.passResealed + changes.length > 0;
    if (last && anew && from.pass >= MOST_PASSES) throw new Error('Some process still seals with another key.');
    await this.rows.write(place, from, changes, {
      position: last ? null : (found.at(-1)?.key ?? null),
      pass: last && anew ? from.pass + 1 : from.pass,
      resealed: changes.length,
      unreadable,
      finishedAt: last && !anew ? this.clock.now() : null,
    });
    return last && !anew;
  }

  private reseal(place: SealedTable, rows: readonly SealedRow[]): { changes: Resealed[]; unreadable: number } {
    const changes: Resealed[] = [];
    let unreadable = 0;
    for (const { key, row, values } of rows) {
      for (const column of place.columns) {
        const before = values[column] ?? null;
        if (before === null || this.isCurrent(before)) continue;
        const after = this.resealed(before, place.table, row, column);
        if (after) changes.push({ column, key, before, after });
        else unreadable += 1;
      }
    }
    return { changes, unreadable };
  }

  private isCurrent(sealed: Sealed): boolean {
    return sealed.startsWith(`v1.${this.keys.current.id}.`);
  }

  /** `null` = no key of ours opens it. It stays as it is; so does its key in the list. */
  private resealed(sealed: Sealed, table: string, row: string, field: string): Sealed | null {
    const address = { table, row, field };
    try {
      return this.sealer.seal(this.sealer.open(sealed, address, 'to seal it with the current key'), address);
    } catch (error) {
      if (!(error instanceof UnsealError)) throw error;
      this.log.warn({ table, field, row, reason: error.message }, 'a value cannot be opened and stays as it is');
      return null;
    }
  }
}
