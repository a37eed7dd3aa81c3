import fc from 'fast-check';

import { LookupHash } from './lookup-hash.js';

const hash = new LookupHash(Buffer.alloc(32, 1));

describe('LookupHash', () => {
  it('is stable over processes and releases: stored hashes must be found again', () => {
    expect(hash.of('credential', 'tink', 'abc')).toBe('tvsersoOKxaGSeR8R-N14w3gepUtcpGNZm9z7pyIaNw');
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
    expect(hash.of('login', 'x')).not.toBe(new LookupHash(Buffer.alloc(32, 2)).of('login', 'x'));
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

  it('wants a whole key', () => {
    expect(() => new LookupHash(Buffer.alloc(16))).toThrow(RangeError);
  });
});
