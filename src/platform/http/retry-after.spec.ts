import { parseRetryAfter } from './retry-after.js';

const now = new Date('2026-11-20T10:00:00Z');

describe('parseRetryAfter', () => {
  it.each([
    ['30', '2026-11-20T10:00:30.000Z'],
    ['0', '2026-11-20T10:00:00.000Z'],
    [' 1.5 ', '2026-11-20T10:00:01.500Z'],
    ['Fri, 20 Nov 2026 10:05:00 GMT', '2026-11-20T10:05:00.000Z'],
    ['Fri, 20 Nov 2026 09:00:00 GMT', '2026-11-20T10:00:00.000Z'],
    ['99999999', '2026-11-21T10:00:00.000Z'],
  ])('reads %p', (header, expected) => {
    expect(parseRetryAfter(header, now)?.toISOString()).toBe(expected);
  });

  it.each([undefined, '', '  ', 'soon', '-5', 'NaN', '1e400'])('ignores %p', (header) => {
    expect(parseRetryAfter(header, now)).toBeUndefined();
  });
});
