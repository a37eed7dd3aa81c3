import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { BankDay } from '../../credentials/account-data.js';
import type { ProviderId } from '../../credentials/provider-id.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import type { Sealed } from '../../platform/crypto/sealed.js';
import { SealedSecret } from '../../platform/crypto/sealed-secret.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import type { Group } from '../domain/reading.js';
import { DataReadingEntity } from './data-reading.entity.js';

/** The right to read one connection's data, and where the reading before it stopped. */
export interface ReadingClaim {
  readonly connectionId: string;
  readonly fence: number;
  readonly bookedUntil: BankDay | null;
  readonly pendingFrom: BankDay | null;
  /** Of an unfinished reading. */
  readonly cursor: SecretValue | null;
  readonly since: BankDay | null;
  readonly startedAt: Date | null;
  readonly hasParts: boolean;
  /** What its parts so far could not give. */
  readonly missing: readonly Group[];
  readonly failures: number;
}

/**
 * `busy`: another process reads, or the connection was deleted a moment ago. `early`: the provider does not want to be
 * asked yet. `unchanged`: all is here.
 */
export type NoClaim = 'busy' | 'early' | 'unchanged';

export interface ClaimRequest {
  readonly connectionId: string;
  readonly provider: ProviderId;
  /** Reads also when what the provider has was read already. */
  readonly force: boolean;
  readonly now: Date;
  readonly until: Date;
}

/** What stands in the row when a run ends. */
export interface ReadingEnd {
  readonly loaded: { readonly loadedAsOf: Date | null; readonly asOf: Date | null; readonly missing: Group[] } | null;
  readonly bookedUntil: BankDay | null;
  readonly pendingFrom: BankDay | null;
  readonly cursor: SecretValue | null;
  readonly since: BankDay | null;
  readonly startedAt: Date | null;
  readonly hasParts: boolean;
  readonly missing: readonly Group[];
  readonly notBefore: Date | null;
  readonly nextAttemptAt: Date | null;
}

/** Rows of which only the vendor's time may be new. */
export interface Touches {
  readonly accounts: readonly { readonly id: string; readonly asOf: Date | null }[];
  readonly holdings: readonly { readonly id: string; readonly asOf: Date | null }[];
}

export interface DueReading {
  readonly connectionId: string;
  readonly provider: ProviderId;
}

type ClaimRow = Omit<ReadingClaim, 'cursor' | 'connectionId' | 'fence'> & {
  readonly fence: number | null;
  readonly cursorSealed: Sealed | null;
  readonly busy: boolean | null;
  readonly early: boolean | null;
  readonly known: boolean;
};

// A claim that is never given back makes the reading due when it ends. The connection's row is held: whoever is writing
// news of it is waited for, and after a deletion nothing is written.
const CLAIM = `WITH live AS (SELECT data_as_of FROM connections WHERE id = $1 AND deleted_at IS NULL FOR SHARE),
  before AS (SELECT claimed_until, not_before FROM data_readings WHERE connection_id = $1),
  claimed AS (
    INSERT INTO data_readings AS r (connection_id, provider, fence, claimed_until, next_attempt_at)
      SELECT $1::uuid, $2, 1, $4::timestamptz, $4::timestamptz FROM live
      ON CONFLICT (connection_id) DO UPDATE
        SET fence = r.fence + 1, claimed_until = $4, next_attempt_at = $4, provider = $2
        WHERE (r.claimed_until IS NULL OR r.claimed_until <= $3) AND (r.not_before IS NULL OR r.not_before <= $3)
          AND ($5 OR r.next_attempt_at IS NOT NULL OR (SELECT data_as_of IS NULL FROM live)
            OR r.loaded_as_of IS DISTINCT FROM (SELECT data_as_of FROM live))
      RETURNING fence, booked_until::text AS "bookedUntil", pending_from::text AS "pendingFrom",
        cursor_sealed AS "cursorSealed", reading_since::text AS since, reading_started_at AS "startedAt",
        reading_has_parts AS "hasParts", reading_missing AS missing, failures)
  SELECT claimed.*, before.claimed_until > $3 AS busy, before.not_before > $3 AS early,
      EXISTS (SELECT 1 FROM before) AS known
    FROM (SELECT 1) AS one LEFT JOIN claimed ON true LEFT JOIN before ON true`;

// A deletion holds the connection's row: either it sees what is written here, or nothing is written.
const FINISH = `WITH live AS (SELECT 1 FROM connections WHERE id = $1 AND deleted_at IS NULL FOR SHARE),
  finished AS (
    UPDATE data_readings SET claimed_until = NULL, failures = 0, last_failure = NULL, booked_until = $3,
        pending_from = $4, cursor_sealed = $5, reading_since = $6, reading_started_at = $7, reading_has_parts = $8,
        not_before = $9, next_attempt_at = $10, reading_missing = $18::text[],
        loaded_at = CASE WHEN $11 THEN $12 ELSE loaded_at END,
        loaded_as_of = CASE WHEN $11 THEN $13 ELSE loaded_as_of END,
        as_of = CASE WHEN $11 THEN $14 ELSE as_of END,
        missing = CASE WHEN $11 THEN $15::text[] ELSE missing END
      WHERE connection_id = $1 AND fence = $2 AND claimed_until IS NOT NULL AND EXISTS (SELECT 1 FROM live)
      RETURNING connection_id),
  seen AS (
    UPDATE accounts AS a SET last_seen_at = $12, as_of = t."asOf"
      FROM finished, json_to_recordset($16::json) AS t(id uuid, "asOf" timestamptz) WHERE a.id = t.id),
  valued AS (
    UPDATE holdings AS h SET as_of = t."asOf"
      FROM finished, json_to_recordset($17::json) AS t(id uuid, "asOf" timestamptz) WHERE h.id = t.id)
  SELECT 1 FROM finished`;

/** Who reads which connection's data, how far it is, and what is due. */
@Injectable()
export class DataReadingRepository {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /** One process at a time reads a connection; a claim ends by itself at `until`. */
  async claim({ connectionId, provider, now, until, force }: ClaimRequest): Promise<ReadingClaim | NoClaim> {
    const [row] = await this.database.query<ClaimRow[]>(CLAIM, [connectionId, provider, now, until, force]);
    if (!row) throw new TypeError('A claim always has an answer.');
    if (row.fence === null) return whyNot(row);
    const { cursorSealed, busy: _busy, early: _early, known: _known, ...rest } = row;
    const cursor = cursorSealed && new SealedSecret(this.sealer, cursorSealed, cursorAddress(connectionId));
    return { ...rest, connectionId, fence: row.fence, cursor };
  }

  /** @returns false when the claim was lost. */
  async extend({ connectionId, fence }: ReadingClaim, until: Date): Promise<boolean> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `UPDATE data_readings SET claimed_until = $3, next_attempt_at = $3
        WHERE connection_id = $1 AND fence = $2 AND claimed_until IS NOT NULL`,
      [connectionId, fence, until],
    );
    return count === 1;
  }

  /**
   * First in the transaction that writes what was read: keeps other readers and a deletion out until it ends.
   * @returns false when the claim was lost or the connection is deleted: then nothing may be written.
   */
  async finish(
    manager: EntityManager,
    claim: ReadingClaim,
    end: ReadingEnd,
    touches: Touches,
    now: Date,
  ): Promise<boolean> {
    const cursor = end.cursor && this.sealer.seal(end.cursor, cursorAddress(claim.connectionId));
    const rows = await manager.query<unknown[]>(FINISH, [
      ...[claim.connectionId, claim.fence, end.bookedUntil, end.pendingFrom, cursor, end.since, end.startedAt],
      ...[end.hasParts, end.notBefore, end.nextAttemptAt, end.loaded !== null, now],
      ...[end.loaded?.loadedAsOf ?? null, end.loaded?.asOf ?? null, end.loaded?.missing ?? []],
      ...[JSON.stringify(touches.accounts), JSON.stringify(touches.holdings), end.missing],
    ]);
    return rows.length === 1;
  }

  /** The reading begins anew next time: a cursor may be what failed. */
  async fail(
    { connectionId, fence }: ReadingClaim,
    failure: { readonly code: string; readonly nextAttemptAt: Date | null; readonly notBefore: Date | null },
  ): Promise<void> {
    await this.database.query(
      `UPDATE data_readings SET claimed_until = NULL, failures = failures + 1, last_failure = $3, next_attempt_at = $4,
          not_before = $5, cursor_sealed = NULL, reading_since = NULL, reading_started_at = NULL,
          reading_has_parts = false, reading_missing = '{}'
        WHERE connection_id = $1 AND fence = $2`,
      [connectionId, fence, failure.code, failure.nextAttemptAt, failure.notBefore],
    );
  }

  /** The next reading reads everything. Also takes the claim from whoever reads now. */
  async startOver(manager: EntityManager, connectionId: string, at: Date): Promise<void> {
    // The connection first, as everywhere, so that nobody waits in a circle.
    await manager.query(`SELECT 1 FROM connections WHERE id = $1 FOR SHARE`, [connectionId]);
    await manager.query(
      `UPDATE data_readings SET fence = fence + 1, claimed_until = NULL, booked_until = NULL, next_attempt_at = $2,
          cursor_sealed = NULL, reading_since = NULL, reading_started_at = NULL, reading_has_parts = false,
          reading_missing = '{}'
        WHERE connection_id = $1`,
      [connectionId, at],
    );
  }

  /** Takes due readings, oldest first, and hides them from others until `holdUntil`. */
  async claimDue(manager: EntityManager, now: Date, holdUntil: Date, limit: number): Promise<DueReading[]> {
    const [rows] = await manager.query<[DueReading[], number]>(
      `UPDATE data_readings SET next_attempt_at = $2
        WHERE connection_id IN (SELECT connection_id FROM data_readings WHERE next_attempt_at <= $1
                                  ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING connection_id AS "connectionId", provider`,
      [now, holdUntil, limit],
    );
    return rows;
  }

  /**
   * The next reading asks, also when nothing looks new, at `at` at the latest. One that is under way is left alone:
   * its end would not know of this. The connection's row must be locked.
   */
  async expect(manager: EntityManager, connectionId: string, now: Date, at: Date): Promise<void> {
    await manager.query(
      `UPDATE data_readings SET next_attempt_at = least(next_attempt_at, $3)
        WHERE connection_id = $1 AND (claimed_until IS NULL OR claimed_until <= $2)`,
      [connectionId, now, at],
    );
  }

  async find(connectionId: string): Promise<DataReadingEntity | null> {
    return this.database.manager.findOneBy(DataReadingEntity, { connectionId });
  }
}

function whyNot({ busy, early, known }: ClaimRow): NoClaim {
  if (busy || !known) return 'busy';
  return early ? 'early' : 'unchanged';
}

function cursorAddress(connectionId: string) {
  return { table: 'data_readings', row: connectionId, field: 'cursor_sealed' };
}
