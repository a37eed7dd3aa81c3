import { KeyRing } from './key-ring.js';

const key = (fill: number, length = 32) => Buffer.alloc(length, fill);

describe('KeyRing', () => {
  it('seals with the first and finds all', () => {
    const ring = new KeyRing([
      { id: 'b', key: key(2) },
      { id: 'a', key: key(1) },
    ]);
    expect(ring.current.id).toBe('b');
    expect(ring.current.key.export()).toEqual(key(2));
    expect(ring.ids).toEqual(['b', 'a']);
    expect(ring.find('a')?.export()).toEqual(key(1));
    expect(ring.find('c')).toBeUndefined();
    expect(ring.find('__proto__')).toBeUndefined();
  });

  it.each([
    ['no key', [], 'At least one encryption key is needed.'],
    ['a short key', [{ id: 'a', key: key(1, 31) }], 'Encryption key "a" must be 32 bytes.'],
    ['a long key', [{ id: 'a', key: key(1, 33) }], 'Encryption key "a" must be 32 bytes.'],
    [
      'a short old key',
      [
        { id: 'a', key: key(1) },
        { id: 'b', key: key(1, 16) },
      ],
      'Encryption key "b" must be 32 bytes.',
    ],
    [
      'one id twice',
      [
        { id: 'a', key: key(1) },
        { id: 'a', key: key(2) },
      ],
      'Two encryption keys have the same id.',
    ],
    [
      'an id that would break the sealed form',
      [{ id: 'a.b', key: key(1) }],
      'A key id must not be empty or hold a dot.',
    ],
    ['an empty id', [{ id: '', key: key(1) }], 'A key id must not be empty or hold a dot.'],
  ])('refuses %s', (_what, keys, message) => {
    expect(() => new KeyRing(keys)).toThrow(new RangeError(message));
  });
});
