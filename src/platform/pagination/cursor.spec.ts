import fc from 'fast-check';

import type { Failure } from '../errors/failure.js';
import { decodeCursor, encodeCursor, isUuid, toPage } from './cursor.js';

const ID = '0199aaaa-0000-7000-8000-000000000001';
const anything = () => true;

function refusal(cursor: string, accepts: (key: string) => boolean = anything): unknown {
  try {
    return `decoded: ${decodeCursor(cursor, accepts)}`;
  } catch (error) {
    const { code, details } = error as Failure;
    return { code, details };
  }
}

const REFUSED = {
  code: 'request.invalid_cursor',
  details: {
    detail: 'The cursor is not one that this list gave out.',
    violations: [{ pointer: '?cursor', message: 'Use the nextCursor of the page before.' }],
  },
};

describe('cursor', () => {
  it('brings back the key, in letters that fit an address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), (key) => {
        const cursor = encodeCursor(key);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(cursor, (decoded) => decoded === key)).toBe(key);
      }),
    );
  });

  it('hides the key from a glance', () => {
    expect(encodeCursor(ID)).not.toContain('0199aaaa');
  });

  it.each([
    ['nothing', ''],
    ['an id in clear', ID],
    ['letters that no cursor has', `${encodeCursor(ID)}=`],
    ['a line end', `${encodeCursor(ID)}\n`],
    ['another version', Buffer.from(`2:${ID}`).toString('base64url')],
    ['an empty key', encodeCursor('')],
    ['too much', encodeCursor('x'.repeat(200))],
  ])('refuses %s', (_what, cursor) => {
    expect(refusal(cursor)).toEqual(REFUSED);
  });

  it('refuses a key that the list does not sort by', () => {
    expect(refusal(encodeCursor("' OR 1=1"), isUuid)).toEqual(REFUSED);
    expect(refusal(encodeCursor(ID), isUuid)).toBe(`decoded: ${ID}`);
  });

  it('never fails in another way', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        expect(refusal(text, isUuid)).toEqual(REFUSED);
      }),
    );
  });
});

describe('toPage', () => {
  const rows = ['a', 'b', 'c'];
  const page = (limit: number) =>
    toPage(
      rows,
      limit,
      (row) => `key-${row}`,
      (row) => row.toUpperCase(),
    );

  it('cuts the row that was read too much and points to the last kept', () => {
    expect(page(2)).toEqual({ data: ['A', 'B'], nextCursor: encodeCursor('key-b') });
  });

  it.each([3, 4])('has no next page when all rows fit in %i', (limit) => {
    expect(page(limit)).toEqual({ data: ['A', 'B', 'C'], nextCursor: null });
  });

  it('may be empty', () => {
    expect(toPage([], 5, String, String)).toEqual({ data: [], nextCursor: null });
  });

  it('visits every row once, page by page', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), (ids, limit) => {
        const sorted = ids.toSorted();
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const after: string = cursor === null ? '' : decodeCursor(cursor, isUuid);
          const read = sorted.filter((id) => id > after).slice(0, limit + 1);
          const { data, nextCursor } = toPage(read, limit, String, String);
          seen.push(...data);
          cursor = nextCursor;
        } while (cursor !== null);
        expect(seen).toEqual(sorted);
      }),
    );
  });
});

describe('isUuid', () => {
  it.each([
    [ID, true],
    [ID.toUpperCase(), false],
    [`${ID} `, false],
    [`${ID}\n`, false],
    [ID.replaceAll('-', ''), false],
    ['', false],
  ])('%j: %s', (text, is) => {
    expect(isUuid(text)).toBe(is);
  });
});
