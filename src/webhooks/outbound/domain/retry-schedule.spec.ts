import fc from 'fast-check';

import { GIVE_UP_AFTER_MS, nextTry } from './retry-schedule.js';

const FIRST = new Date('2026-11-20T12:00:00.000Z');
const HOUR = 3_600_000;
const after = (ms: number) => new Date(FIRST.getTime() + ms);

/** Every attempt of a receiver that never takes the delivery, as milliseconds after the first. */
function attempts(random: () => number): number[] {
  const times = [0];
  for (let now: Date | null = FIRST; now;) {
    now = nextTry({ tries: times.length, firstTriedAt: FIRST, askedAt: undefined }, now, random());
    if (now) times.push(now.getTime() - FIRST.getTime());
  }
  return times;
}

describe('nextTry', () => {
  it('waits a little, then longer and longer', () => {
    const times = attempts(() => 0.5);
    const waits = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 1000);
    expect(waits.slice(0, 13)).toEqual([
      5,
      30,
      120,
      600,
      1800,
      3600,
      10_800,
      21_600,
      ...Array<number>(4).fill(43_200),
      expect.any(Number),
    ]);
  });

  it('never stops before 72 hours and always looks once more after them', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (randoms) => {
        const times = attempts(() => randoms.next().value as number);
        const last = times.at(-1) ?? 0;
        expect(last).toBeGreaterThanOrEqual(GIVE_UP_AFTER_MS);
        expect(last).toBeLessThanOrEqual(GIVE_UP_AFTER_MS + HOUR / 4);
        expect(times.length).toBeLessThan(25);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it('waits as long as the receiver asks, but not past the end', () => {
    const failed = { tries: 1, firstTriedAt: FIRST };
    expect(nextTry({ ...failed, askedAt: after(HOUR) }, FIRST, 0.5)).toEqual(after(HOUR));
    expect(nextTry({ ...failed, askedAt: after(1) }, FIRST, 0.5)).toEqual(after(5000));
    const late = after(71 * HOUR);
    expect(nextTry({ ...failed, askedAt: after(95 * HOUR) }, late, 0)).toEqual(after(GIVE_UP_AFTER_MS));
  });

  it('gives up after the end', () => {
    expect(
      nextTry({ tries: 3, firstTriedAt: FIRST, askedAt: after(80 * HOUR) }, after(GIVE_UP_AFTER_MS), 0),
    ).toBeNull();
  });
});
