import { isUnchanged, storedAnswer } from './stored-answer.js';

describe('storedAnswer', () => {
  it('gives the same body the same strong tag and another body another', () => {
    const { body, etag } = storedAnswer({ a: 1 });
    expect(body).toBe('{"a":1}');
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect(storedAnswer({ a: 1 }).etag).toBe(etag);
    expect(storedAnswer({ a: 2 }).etag).not.toBe(etag);
  });
});

describe('isUnchanged', () => {
  it.each([
    ['the tag itself', '"abc"', true],
    ['one of several', '"x", "abc"', true],
    ['a weak form of it', 'W/"abc"', true],
    ['anything', '*', true],
    ['another tag', '"abcd"', false],
    ['an unquoted tag', 'abc', false],
    ['nothing', '', false],
    ['no header', undefined, false],
  ])('%s', (_case, header, expected) => {
    expect(isUnchanged(header, '"abc"')).toBe(expected);
  });
});
