import { Failure } from '../errors/failure.js';

/** One page of a list as the REST API shows it. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

export const MAX_PAGE = 200;
export const DEFAULT_PAGE = 50;

const PATTERN = /^[A-Za-z0-9_-]{1,200}$/;

/** Opaque to callers: the sort key of the last item of a page. */
export function encodeCursor(lastKey: string): string {
  return Buffer.from(`1:${lastKey}`, 'utf8').toString('base64url');
}

/**
 * @param accepts says whether the decoded key has the form that this list sorts by.
 * @throws Failure `request.invalid_cursor`
 */
export function decodeCursor(cursor: string, accepts: (key: string) => boolean): string {
  const text = PATTERN.test(cursor) ? Buffer.from(cursor, 'base64url').toString('utf8') : '';
  const key = text.startsWith('1:') ? text.slice(2) : '';
  if (key === '' || !accepts(key)) {
    throw new Failure('request.invalid_cursor', {
      detail: 'The cursor is not one that this list gave out.',
      violations: [{ pointer: '?cursor', message: 'Use the nextCursor of the page before.' }],
    });
  }
  return key;
}

/** Cuts a page out of rows that were read one more than `limit`. */
export function toPage<Row, T>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => string,
  map: (row: Row) => T,
): Page<T> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    data: kept.map(map),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null,
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** For lists that sort by id. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
