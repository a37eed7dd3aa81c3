import fc from 'fast-check';

import { KeyRing } from './key-ring.js';
import { LookupHash } from './lookup-hash.js';

const key = (id: string, fill: number) => ({ id, key: Buffer.alloc(32, fill) });
const hash = new LookupHash(new KeyRing([key('a', 1)]));

describe('LookupHash', () => {
  it('is stable over processes and releases: stored hashes must be found again', () => {
    expect(hash.of('credential', 'tink', 'abc')).toBe('i752CTncgjjpeFDDQ3tCpG-tZSOg__xZlAyFKnxTHVM');
  });

  it('is 43 letters that fit an address', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(hash.of('p', text)).toMatch(/^[A-Za-z0-9_-]{43}$/);
        expect(hash.of('p', text)).toBe(hash.of('p', text));
      }),
    );
  });

  it('keeps purposes and keys apart', () => {
    expect(hash.of('credential', 'x')).not.toBe(hash.of('login', 'x'));
    expect(hash.of('login', 'x')).not.toBe(new LookupHash(new KeyRing([key('a', 2)])).of('login', 'x'));
    expect(hash.of('login')).not.toBe(hash.of('login', ''));
  });

  it('does not confuse one part with another', () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom('a', '1', ':', '\u0000'), maxLength: 4 }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(hash.of('p', ...one) === hash.of('p', ...other)).toBe(same);
      }),
    );
  });

  it('stays the same when a new key is put first', () => {
    const rotated = new LookupHash(new KeyRing([key('c', 3), key('b', 2), key('a', 1)]));
    expect(rotated.of('login', 'x')).toBe(hash.of('login', 'x'));
  });
});
