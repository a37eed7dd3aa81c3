import { fitsHeader, isPlainCode, mayHaveActed } from './outgoing-refusal.js';

describe('a refusal', () => {
  it('leaves open what happened when the server had trouble or ran out of time', () => {
    expect([400, 404, 408, 429, 499, 500, 503].filter(mayHaveActed)).toEqual([408, 500, 503]);
  });

  it('is quoted by plain codes only', () => {
    const codes = ['NOT_FOUND', 'a1-b2:c3.d4', 'x'.repeat(80)];
    expect([...codes, '', 'x'.repeat(81), 'two words', 'a\nb', 'ü'].filter(isPlainCode)).toEqual(codes);
  });
});

describe('a token', () => {
  it('cannot break out of its header', () => {
    expect(['a!~', '', 'a b', 'a\r\nX: y', 'é'].filter(fitsHeader)).toEqual(['a!~']);
  });
});
