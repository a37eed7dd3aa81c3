import { UuidIds } from '../ids/ids.js';
import { requestIdFrom } from './request-id.js';

describe('requestIdFrom', () => {
  const ids = new UuidIds();

  it.each(['abc', '0199c2f0-0000-7000-8000-000000000000', 'a.b_c:d-e', 'x'.repeat(64)])('keeps %s', (header) => {
    expect(requestIdFrom(header, ids)).toBe(header);
  });

  it.each([undefined, '', 'x'.repeat(65), 'a b', 'a"b', 'a\nb', 'ä', ['a', 'b']])('replaces %j', (header) => {
    expect(requestIdFrom(header, ids)).toMatch(/^[0-9a-f-]{36}$/);
  });
});
