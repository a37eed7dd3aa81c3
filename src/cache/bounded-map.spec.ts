import * as fc from 'fast-check';

import { BoundedMap } from './bounded-map.js';

describe('BoundedMap', () => {
  it('keeps what is in use and forgets what is not', () => {
    const map = new BoundedMap<number>(4);
    map.set('used', 1);
    map.set('unused', 2);
    for (const key of ['a', 'b', 'c']) {
      map.set(key, 0);
      map.get('used');
    }
    expect(map.get('used')).toBe(1);
    expect(map.get('unused')).toBeUndefined();
  });

  it('gives the last value or none, and never grows above its limit', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
    const step = fc.oneof(
      fc.record({ does: fc.constant('set' as const), key, value: fc.integer() }),
      fc.record({ does: fc.constantFrom('get' as const, 'delete' as const), key }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new BoundedMap<number>(4);
        const last = new Map<string, number>();
        for (const one of steps) {
          if (one.does === 'set') {
            map.set(one.key, one.value);
            last.set(one.key, one.value);
            expect(map.get(one.key)).toBe(one.value);
          } else if (one.does === 'delete') {
            map.delete(one.key);
            last.delete(one.key);
          }
          expect([undefined, last.get(one.key)]).toContain(map.get(one.key));
          expect(map.size).toBeLessThanOrEqual(4);
        }
      }),
    );
  });

  it('says whether there was something to delete', () => {
    const map = new BoundedMap<number>(2);
    map.set('a', 1);
    map.set('b', 2);
    expect([map.delete('a'), map.delete('b'), map.delete('b')]).toEqual([true, true, false]);
    map.set('c', 3);
    map.clear();
    expect(map.size).toBe(0);
  });
});
