import { parseTinkTime } from './tink-time.js';

describe("Tink's times", () => {
  it('are epoch milliseconds', () => {
    expect(parseTinkTime(0)).toEqual(new Date(0));
    expect(parseTinkTime(1_767_600_000_000)).toEqual(new Date('2026-01-05T08:00:00Z'));
  });

  it.each(['1767600000000', 1.5, -1, 8.64e15 + 2, true])('are not %p', (value) => {
    expect(parseTinkTime(value)).toBeUndefined();
  });
});
