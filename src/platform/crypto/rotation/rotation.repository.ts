import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { Sealed } from '../sealed.js';
import { SEALED_TABLES, type SealedTable } from './sealed-columns.js';

/** How far one table is. */
export interface TableProgress {
  readonly table: string;
  readonly keyId: string;
  /** Key of the last row that was looked at in this pass; `null` = the pass begins. */
  readonly position: string | null;
  readonly pass: number;
  readonly passResealed: number;
  readonly resealed: number;
  /** Values that no configured key opens. */
  readonly unreadable: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** One row's sealed values, by column. */
export interface SealedRow {
  readonly key: string;
  /** What its values are bound to. */
  readonly row: string;
  readonly values: Readonly<Record<string, Sealed | null>>;
}

export interface Resealed {
  readonly column: string;
  readonly key: string;
  readonly before: Sealed;
  readonly after: Sealed;
}

export interface Step {
  readonly position: string | null;
  readonly pass: number;
  readonly resealed: number;
  readonly unreadable: number;
  readonly finishedAt: Date | null;
}

export interface KeyUse {
  readonly id: string;
  readonly values: number;
}

const PROGRESS = `table_name AS "table", key_id AS "keyId", position, pass, pass_resealed::int AS "passResealed",
  resealed::int, unreadable::int, started_at AS "startedAt", finished_at AS "finishedAt"`;

/** Rows of a column that are counted at most. */
export const COUNTED = 10_000;

@Injectable()
export class RotationRepository {
  constructor(private readonly database: DataSource) {}

  async progress(): Promise<readonly TableProgress[]> {
    return this.database.query<TableProgress[]>(`SELECT ${PROGRESS} FROM key_rotations ORDER BY table_name`);
  }

  async progressOf(table: string): Promise<TableProgress | null> {
    const [row] = await this.database.query<TableProgress[]>(
      `SELECT ${PROGRESS} FROM key_rotations WHERE table_name = $1`,
      [table],
    );
    return row ?? null;
  }

  /** What is under way to the same key goes on; anything else begins anew. */
  async begin(manager: EntityManager, keyId: string, now: Date): Promise<void> {
    await manager.query(
      `INSERT INTO key_rotations (table_name, key_id, started_at)
       SELECT name, $2, $3 FROM unnest($1::text[]) AS name
       ON CONFLICT (table_name) DO UPDATE SET key_id = $2, started_at = $3, position = NULL, pass = 1,
         pass_resealed = 0, resealed = 0, unreadable = 0, finished_at = NULL
       WHERE key_rotations.key_id <> $2 OR key_rotations.finished_at IS NOT NULL`,
      [SEALED_TABLES.map(({ table }) => table), keyId, now],
    );
  }

  /** The next rows in the order of the key, whatever they hold: one statement never looks at more than `limit`. */
  async rowsAfter(place: SealedTable, position: string | null, limit: number): Promise<readonly SealedRow[]> {
    const { table, row, key, keyType, columns } = place;
    const values = columns.map((column) => `'${column}', ${column}`).join(', ');
    return this.database.query<SealedRow[]>(
      `SELECT ${key}::text AS key, ${row} AS row, json_build_object(${values}) AS values FROM ${table}
       WHERE $1::${keyType} IS NULL OR ${key} > $1::${keyType} ORDER BY ${key} LIMIT $2`,
      [position, limit],
    );
  }

  /**
   * Writes new ciphertexts where the old ones still stand, and moves the position if nobody else did. A crash between
   * two batches loses nothing; two processes at the same rows do the same work and only one of them counts.
   */
  async write(place: SealedTable, from: TableProgress, changes: readonly Resealed[], step: Step): Promise<void> {
    await this.database.transaction(async (manager) => {
      for (const column of place.columns) {
        const mine = changes.filter((change) => change.column === column);
        if (mine.length > 0) await replace(manager, place, column, mine);
      }
      const isNewPass = step.pass !== from.pass;
      await manager.query(
        `UPDATE key_rotations SET position = $4, pass = $5, resealed = resealed + $6, unreadable = CASE WHEN $8 THEN 0 ELSE unreadable + $7 END,
           pass_resealed = CASE WHEN $8 THEN 0 ELSE pass_resealed + $6 END, finished_at = $9
         WHERE table_name = $1 AND key_id = $2 AND position IS NOT DISTINCT FROM $3 AND pass = $10
           AND finished_at IS NULL`,
        [
          place.table,
          from.keyId,
          from.position,
          step.position,
          step.pass,
          step.resealed,
          step.unreadable,
          isNewPass,
          step.finishedAt,
          from.pass,
        ],
      );
    });
  }

  /** Forgets all keys but the current one, once every table has been read through without finding another. */
  async retireOthers(keyId: string): Promise<boolean> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `DELETE FROM encryption_keys WHERE id <> $1 AND $2 = (
         SELECT count(*) FROM key_rotations WHERE key_id = $1 AND finished_at IS NOT NULL AND unreadable = 0)`,
      [keyId, SEALED_TABLES.length],
    );
    return count > 0;
  }

  async keysInUse(): Promise<readonly { readonly id: string; readonly firstUsedAt: Date }[]> {
    return this.database.query(
      `SELECT id, first_used_at AS "firstUsedAt" FROM encryption_keys ORDER BY first_used_at, id`,
    );
  }

  /** Values by key, of the first rows of each column. */
  async uses(): Promise<readonly KeyUse[]> {
    const parts = SEALED_TABLES.flatMap(({ table, columns }) =>
      columns.map(
        (column) => `(SELECT ${column} AS sealed FROM ${table} WHERE ${column} IS NOT NULL LIMIT ${COUNTED})`,
      ),
    );
    return this.database.query<KeyUse[]>(
      `SELECT split_part(sealed, '.', 2) AS id, count(*)::int AS values FROM (${parts.join(' UNION ALL ')}) AS stored
       GROUP BY 1`,
    );
  }
}

async function replace(manager: EntityManager, place: SealedTable, column: string, changes: readonly Resealed[]) {
  const { table, key, keyType } = place;
  await manager.query(
    `UPDATE ${table} SET ${column} = change.after
     FROM unnest($1::${keyType}[], $2::text[], $3::text[]) AS change (key, before, after)
     WHERE ${key} = change.key AND ${column} = change.before`,
    [
      changes.map((change) => change.key),
      changes.map((change) => change.before),
      changes.map((change) => change.after),
    ],
  );
}
