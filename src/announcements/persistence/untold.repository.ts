import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { ClockNews } from '../clock-news.js';

interface Statements {
  readonly untold: string;
  readonly mark: string;
}

const LIVE = `deleted_at IS NULL AND state <> 'deleting'`;
/** Of any other state the user was asked already, or is being asked, for more than a consent. */
const IN_USE = `deleted_at IS NULL AND state IN ('active', 'retrying') AND consent_expires_at IS NOT NULL`;
/** A connection that never had data counts from its creation. */
const DATA = `coalesce(data_as_of, created_at)`;

const claim = (date: string, where: string): string =>
  `SELECT id FROM connections WHERE ${where} AND ${date} <= $1 ORDER BY ${date} LIMIT $2 FOR UPDATE SKIP LOCKED`;
const mark = (changes: string): string => `UPDATE connections SET ${changes} WHERE id = ANY($1)`;

/** The conditions are those of the partial indexes to the letter: what was told is in none of them. */
const STATEMENTS: Readonly<Record<ClockNews, Statements>> = {
  data_stale: {
    untold: claim(DATA, `${LIVE} AND stale_told_for IS DISTINCT FROM ${DATA}`),
    mark: mark(`stale_told_for = ${DATA}`),
  },
  consent_expiring: {
    untold: claim('consent_expires_at', `${IN_USE} AND expiry_told_for IS DISTINCT FROM consent_expires_at`),
    mark: mark('expiry_told_for = consent_expires_at'),
  },
  consent_ended: {
    untold: claim('consent_expires_at', `${IN_USE} AND end_told_for IS DISTINCT FROM consent_expires_at`),
    // Whoever hears that it has ended need not hear that it will.
    mark: mark('end_told_for = consent_expires_at, expiry_told_for = consent_expires_at'),
  },
};

/** Connections whose clocks say something that was not told yet, each for the date of its clock. */
@Injectable()
export class UntoldRepository {
  /**
   * Locks them until the transaction ends; those that another process has are left out.
   * @param until the latest date of the clock. @returns ids, the oldest date first
   */
  async claim(manager: EntityManager, news: ClockNews, until: Date, limit: number): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(STATEMENTS[news].untold, [until, limit]);
    return rows.map((row) => row.id);
  }

  /** They must be locked. */
  async markTold(manager: EntityManager, news: ClockNews, ids: readonly string[]): Promise<void> {
    await manager.query(STATEMENTS[news].mark, [ids]);
  }
}
