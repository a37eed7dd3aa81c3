import { generateKey, isSecretOf, parseKey, secretHash } from './key.js';

const SECRET = 'A_b-'.repeat(11);

describe('generateKey', () => {
  it('gives keys that can be parsed, each with another id and secret', () => {
    const keys = Array.from({ length: 50 }, () => parseKey(generateKey().reveal('to test it')));
    expect(new Set(keys.map((key) => key?.keyId)).size).toBe(50);
    expect(new Set(keys.map((key) => key?.secret)).size).toBe(50);
    expect(keys[0]?.keyId).toMatch(/^[0-9a-f]{16}$/);
    expect(keys[0]?.secret).toHaveLength(43);
  });

  it('does not show the key by accident', () => {
    expect(`${String(generateKey())} ${JSON.stringify(generateKey())}`).not.toContain('mk_');
  });
});

describe('parseKey', () => {
  it('takes a key apart, underscores in the secret included', () => {
    expect(parseKey(`mk_0123456789ab_${SECRET}`)).toEqual({ keyId: '0123456789ab', secret: SECRET });
  });

  it('gives a chosen secret an id that follows from it and does not show it', () => {
    const chosen = '5e884898da28047151d0e56f8dc62927';
    const key = parseKey(chosen);
    expect(key).toEqual(parseKey(chosen));
    expect(key).toEqual({ keyId: expect.stringMatching(/^b[0-9a-f]{24}$/) as string, secret: chosen });
    expect(parseKey(`${chosen}0`)?.keyId).not.toBe(key?.keyId);
    expect(secretHash(chosen).toString('hex')).not.toContain(key?.keyId.slice(1) ?? '');
  });

  it.each([
    ['nothing', ''],
    ['a short secret', `mk_0123456789ab_${'a'.repeat(31)}`],
    ['a short id', `mk_0123456789a_${SECRET}`],
    ['no id', `mk__${SECRET}`],
    ['no secret', 'mk_0123456789ab_'],
    ['a foreign sign', `mk_0123456789ab_${'a'.repeat(32)}%`],
    ['a line break at the end', `mk_0123456789ab_${SECRET}\n`],
    ['a chosen secret of 31', 'a'.repeat(31)],
    ['a chosen secret of 257', 'a'.repeat(257)],
    ['a chosen secret with a space', `${'a'.repeat(32)} b`],
    ['a chosen secret beyond ASCII', 'ä'.repeat(40)],
    ['a very long key', `mk_0123456789ab_${'a'.repeat(10_000)}`],
  ])('refuses %s', (_case, text) => {
    expect(parseKey(text)).toBeNull();
  });
});

describe('isSecretOf', () => {
  it('accepts the secret and nothing near it', () => {
    const stored = secretHash(SECRET);
    expect(stored).toHaveLength(32);
    expect(isSecretOf(SECRET, stored)).toBe(true);
    expect(isSecretOf(`${SECRET}a`, stored)).toBe(false);
    expect(isSecretOf('', stored)).toBe(false);
    expect(isSecretOf(SECRET, stored.subarray(0, 16))).toBe(false);
    expect(isSecretOf(SECRET, Buffer.alloc(0))).toBe(false);
  });
});
