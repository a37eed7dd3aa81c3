import fc from 'fast-check';

import { addDays, dayIn, dayOf, daysBetween, earliest, isDay, latest } from './day.js';
import { canonical, isDecimal, sameDecimal } from './decimal.js';
import { mergeHoldings, type KnownHolding } from './holding.js';
import { readSince } from './reading-window.js';
import { retryAfter } from './retry-times.js';
import { cleanText, likeness } from './text.js';

describe('decimals', () => {
  it.each([
    ['-12.50', '-12.5'],
    ['0.00', '0'],
    ['-0', '0'],
    ['007', '7'],
    ['100', '100'],
    ['0.010', '0.01'],
  ])('%s is %s', (written, one) => {
    expect(canonical(written)).toBe(one);
  });

  it('are equal when their numbers are', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9999, max: 9999 }), fc.nat(3), (cents, zeros) => {
        const text = (cents / 100).toFixed(2);
        expect(canonical(`${text}${'0'.repeat(zeros)}`)).toBe(canonical(text));
        expect(Number(canonical(text))).toBe(cents === 0 ? 0 : cents / 100);
      }),
    );
    expect([sameDecimal(null, null), sameDecimal('1.0', '1'), sameDecimal(null, '0')]).toEqual([true, true, false]);
  });

  it.each(['1e5', '1,50', '+1', '', '.5', '1.', 'NaN', ' 1'])('refuse %j', (text) => {
    expect(isDecimal(text)).toBe(false);
  });
});

describe('days', () => {
  it.each([
    ['2026-02-28', true],
    ['2028-02-29', true],
    ['2026-02-29', false],
    ['2026-13-01', false],
    ['20261101', false],
    ['2026-11-01T00:00:00Z', false],
  ])('%s: %s', (text, is) => {
    expect(isDay(text)).toBe(is);
  });

  it('count over months and years', () => {
    expect(addDays('2026-01-05', -10)).toBe('2025-12-26');
    expect(daysBetween('2026-03-02', '2026-02-27')).toBe(3);
    expect(dayOf(new Date('2026-11-20T23:59:59.999Z'))).toBe('2026-11-20');
    expect(['2026-11-20', '2026-11-20T23:30:00-01:00', '9999-12-31T23:59:59-23:59'].map(dayIn)).toEqual([
      ...['2026-11-20', '2026-11-21', '9999-12-31'],
    ]);
    expect([earliest([]), earliest(['b', null, 'a']), latest(['a', null, 'b'])]).toEqual([null, 'a', 'b']);
  });
});

describe('where a reading begins', () => {
  it.each([
    ['everything at first', null, null, null],
    ['ten days before the newest', '2026-11-20', null, '2026-11-10'],
    ['at the oldest that is pending', '2026-11-20', '2026-11-01', '2026-11-01'],
    ['not for what was pending for ever', '2026-11-20', '2026-01-01', '2026-09-21'],
    ['not later for what is pending since yesterday', '2026-11-20', '2026-11-19', '2026-11-10'],
  ])('%s', (_what, booked, pending, since) => {
    expect(readSince(booked, pending)).toBe(since);
  });
});

describe('repeats', () => {
  const now = new Date('2026-11-20T12:00:00.000Z');
  const wait = (failures: number, says?: Date) => retryAfter(failures, now, says).getTime() - now.getTime();

  it('wait twice as long each time, six hours at most, and never less than the provider says', () => {
    expect([1, 2, 3, 10, 1000].map((failures) => wait(failures))).toEqual([
      30_000, 60_000, 120_000, 15_360_000, 21_600_000,
    ]);
    expect(wait(1, new Date(now.getTime() + 3_600_000))).toBe(3_600_000);
  });
});

describe('texts', () => {
  it('fit the database, and stay the same when cleaned again', () => {
    expect(cleanText(' a\u0000b \ud83d ')).toBe('ab \ufffd');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        const once = cleanText(text);
        expect(cleanText(once)).toBe(once);
        expect(once.isWellFormed()).toBe(true);
      }),
    );
  });

  it.each([
    ['COFFEE BAR', 'coffee  bar', 1],
    ['COFFEE BAR', 'COFFEE BAR 17.11 CARD 1234', 1],
    ['COFFEE BAR', 'RENT NOVEMBER', 0],
    ['1234', 'RENT', 0.5],
  ])('%s is like %s: %d', (one, other, much) => {
    expect(likeness(one, other)).toBe(much);
  });
});

describe('holdings', () => {
  const money = { amount: '5.00', currency: 'EUR' };
  const ours: KnownHolding = {
    ...{ id: 'x', accountId: 'acc', vendorLookup: 'v', name: 'Fund', isin: 'IE1', quantity: '10.0' },
    ...{ price: money, marketValue: null, costBasis: null, asOf: null },
  };
  const { id: _id, ...theirs } = ours;

  it('change by what they are worth, are touched by the time, and go when the reading is whole', () => {
    const told = (holding: (typeof theirs)[], whole = true) => {
      const { added, changed, removed, touched } = mergeHoldings([ours], holding, whole);
      return [added.length, changed.length, removed.length, touched.length];
    };
    expect(told([{ ...theirs, quantity: '10' }])).toEqual([0, 0, 0, 0]);
    expect(told([{ ...theirs, asOf: new Date(0) }])).toEqual([0, 0, 0, 1]);
    expect(told([{ ...theirs, price: { ...money, amount: '5.01' } }])).toEqual([0, 1, 0, 0]);
    expect(told([{ ...theirs, vendorLookup: 'new-id' }])).toEqual([0, 1, 0, 0]);
    expect(told([{ ...theirs, accountId: 'other' }])).toEqual([1, 0, 1, 0]);
    expect(told([], false)).toEqual([0, 0, 0, 0]);
  });
});
