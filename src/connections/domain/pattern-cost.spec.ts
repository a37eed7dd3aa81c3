import fc from 'fast-check';

import { patternCost } from './pattern-cost.js';

describe('patternCost', () => {
  it.each([
    ['', 1],
    ['[0-9]{4}', 1],
    ['^u[0-9]{8}$', 1],
    ['\\d{4,8}', 5],
    ['a?b?', 4],
    ['a*', 11],
    ['a+', 10],
    ['a+?', 10],
    ['a{2,}', 9],
    ['yes|no', 2],
    ['(?:ab|cd){3}', 24],
    ['[A-Z]{2}(?: \\d{4}){3}', 3],
    ['\\p{L}{2}\\u{1F600}[\\]a]', 1],
    ['(?=.*[a-z])(?=.*\\d).{8,}', 11 * 11 * 3],
    ['(?<year>\\d{4})', 1],
    ['.*@.*', 121],
  ])('%s can be tried in %i ways on ten characters', (pattern, ways) => {
    expect(patternCost(pattern, 10)).toBe(ways);
  });

  it.each([
    ['(a+)+', 30],
    ['(a|a)*', 30],
    ['(?:\\w+\\s?)*', 30],
    ['(a?){30}', 30],
    [`${'a?'.repeat(30)}a{30}`, 30],
    [`${'(?:a|a)'.repeat(30)}b`, 30],
    ['.*.*.*.*x', 512],
    ['\\d*\\d*\\d*\\d*x', 512],
    ['(?:(?:(?:){500}){500}){500}', 4],
    ['(a)\\1*', 10],
    ['(?<a>x+)\\k<a>', 10],
  ])('%s is too much on %i characters', (pattern, length) => {
    expect(patternCost(pattern, length)).toBeGreaterThan(100_000);
  });

  it.each(['(', ')', '[', 'a{', '*', 'a**', '\\', '(?<1>a)', `${'('.repeat(5000)}${')'.repeat(5000)}`])(
    'does not understand %j',
    (pattern) => {
      expect(patternCost(pattern, 10)).toBe(Infinity);
    },
  );

  it('never fails, and never calls a text free', () => {
    const pieces = fc.constantFrom(
      'a',
      '.',
      '*',
      '+',
      '?',
      '(',
      ')',
      '[',
      ']',
      '{1,3}',
      '|',
      '\\',
      'd',
      '(?:',
      '^',
      '\u{1F600}',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), fc.nat(512), (parts, length) => {
        expect(patternCost(parts.join(''), length)).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
