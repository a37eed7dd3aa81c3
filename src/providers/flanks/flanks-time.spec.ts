import { parseFlanksTime } from './flanks-time.js';

describe("Flanks' times", () => {
  it('are epoch seconds or milliseconds', () => {
    const at = new Date('2026-01-05T08:00:00Z');
    expect(parseFlanksTime(1_767_600_000)).toEqual(at);
    expect(parseFlanksTime(1_767_600_000.5)).toEqual(new Date(at.getTime() + 500));
    expect(parseFlanksTime(1_767_600_000_000)).toEqual(at);
  });

  it.each(['1767600000', -1, Number.NaN, 8.64e15 + 2, true])('are not %p', (value) => {
    expect(parseFlanksTime(value)).toBeUndefined();
  });
});
