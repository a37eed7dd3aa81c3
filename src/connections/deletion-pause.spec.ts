import { deletionTriedAt, FIRST_PAUSE_MS, LONGEST_PAUSE_MS } from './deletion-pause.js';

const BEGUN = new Date('2026-11-20T12:00:00.000Z');
const after = (ms: number) => new Date(BEGUN.getTime() + ms);

describe('the pause of a deletion', () => {
  it('doubles from half a minute to an hour, and stays there', () => {
    const pauses: number[] = [];
    let now = BEGUN;
    for (let attempt = 0; attempt < 12; attempt++) {
      const next = deletionTriedAt(BEGUN, now);
      pauses.push((next.getTime() - now.getTime()) / 1000);
      now = next;
    }
    expect(pauses).toEqual([30, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]);
  });

  it('is what the provider asks for at first, when that is shorter or longer', () => {
    expect(deletionTriedAt(BEGUN, BEGUN, after(7_000))).toEqual(after(7_000));
    expect(deletionTriedAt(BEGUN, BEGUN, after(2 * LONGEST_PAUSE_MS))).toEqual(after(2 * LONGEST_PAUSE_MS));
  });

  it('grows also when the provider keeps asking for a second', () => {
    const now = after(600_000);
    expect(deletionTriedAt(BEGUN, now, new Date(now.getTime() + 1_000))).toEqual(after(1_200_000));
  });

  it('does not mind a time that is over, or a clock that is behind', () => {
    expect(deletionTriedAt(BEGUN, after(1_000), BEGUN)).toEqual(after(1_000 + FIRST_PAUSE_MS));
    expect(deletionTriedAt(BEGUN, after(-5_000))).toEqual(after(-5_000 + FIRST_PAUSE_MS));
  });
});
