import { canonicalJson } from './canonical-json.js';

describe('canonicalJson', () => {
  it('does not see the order of members, at any depth', () => {
    const one = { b: [{ y: 1, x: null }], a: 'text' };
    const other = { a: 'text', b: [{ x: null, y: 1 }] };
    expect(canonicalJson(one)).toBe(canonicalJson(other));
    expect(JSON.parse(canonicalJson(one))).toEqual(one);
  });

  it.each([
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: '1' }],
    [{ a: null }, {}],
    [undefined, null],
    [{}, []],
    ['', undefined],
    [{ 'a":1,"b': 2 }, { a: 1, b: 2 }],
  ])('tells %j from %j', (one, other) => {
    expect(canonicalJson(one)).not.toBe(canonicalJson(other));
  });
});
