import { UuidIds } from '../ids/ids.js';
import { RequestIds } from './request-id.js';

describe('RequestIds', () => {
  const requestIds = new RequestIds(new UuidIds());

  it.each(['abc', '0199c2f0-0000-7000-8000-000000000000', 'a.b_c:d-e', 'x'.repeat(64)])('keeps %s', (header) => {
    expect(requestIds.from(header)).toBe(header);
  });

  it.each([undefined, '', 'x'.repeat(65), 'a b', 'a"b', 'a\nb', 'ä', ['a', 'b']])('replaces %j', (header) => {
    expect(requestIds.from(header)).toMatch(/^[0-9a-f]{32}-[0-9a-z]+$/);
  });

  it('never gives the same id twice, nor that of another process', () => {
    const others = new RequestIds(new UuidIds());
    const given = [requestIds.next(), requestIds.next(), others.next(), others.next()];

    expect(new Set(given).size).toBe(4);
  });
});
