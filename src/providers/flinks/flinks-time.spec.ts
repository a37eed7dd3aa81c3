import { parseFlinksTime } from './flinks-time.js';

describe("Flinks' times", () => {
  it.each([
    ['2026-01-05T14:03:11.1234567', '2026-01-05T14:03:11.123Z'],
    ['2026-01-05T14:03:11', '2026-01-05T14:03:11.000Z'],
    ['2026-01-05T14:03:11.5', '2026-01-05T14:03:11.500Z'],
    ['2026-01-05T14:03:11.1234567Z', '2026-01-05T14:03:11.123Z'],
    ['2026-01-05T14:03:11+02:00', '2026-01-05T12:03:11.000Z'],
  ])('reads %s as UTC', (text, iso) => {
    expect(parseFlinksTime(text)?.toISOString()).toBe(iso);
  });

  it.each([[null], [''], ['yesterday'], ['2026-13-45T99:00:00'], ['0001-01-01T00:00:00'], ['2026-01-05']])(
    'takes %p for no time',
    (text) => {
      expect(parseFlinksTime(text)).toBeNull();
    },
  );
});
