import pg from 'pg';
import { QueryFailedError } from 'typeorm';

const UNIQUE_VIOLATION = '23505';

/** PostgreSQL: no connection, shutting down, starting up, a statement over its time, too many connections. */
const UNAVAILABLE_STATES = new Set(['57P01', '57P02', '57P03', '57014', '53300']);
const UNAVAILABLE_ERRORS = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN']);
/** Texts of `pg` and `pg-pool`, which give these errors no code. */
const UNAVAILABLE_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end|Query read timeout)/;

/** True when a statement broke exactly this unique constraint or index. */
export function isUniqueViolation(error: unknown, constraintName: string): boolean {
  return driverMember(error, 'code') === UNIQUE_VIOLATION && driverMember(error, 'constraint') === constraintName;
}

/** True when the database could not be reached, as opposed to having refused a statement. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = driverMember(error, 'code');
  const refused = error instanceof QueryFailedError || error instanceof pg.DatabaseError;
  const fromDriver = refused || 'syscall' in error || UNAVAILABLE_TEXT.test(error.message);
  if (!fromDriver) return false;
  return (
    code.startsWith('08') ||
    UNAVAILABLE_STATES.has(code) ||
    UNAVAILABLE_ERRORS.has(code) ||
    UNAVAILABLE_TEXT.test(error.message)
  );
}

function driverMember(error: unknown, name: 'code' | 'constraint'): string {
  const source: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (typeof source !== 'object' || source === null) return '';
  const value: unknown = Reflect.get(source, name);
  return typeof value === 'string' ? value : '';
}
