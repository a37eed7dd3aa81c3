import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import fc from 'fast-check';

import { KeyRing } from './key-ring.js';
import { Opened } from './opened.js';
import type { Sealed } from './sealed.js';
import { Sealer, UnsealError } from './sealer.js';

const OLD = { id: 'old', key: randomBytes(32) };
const NEW = { id: 'new', key: randomBytes(32) };
const sealer = new Sealer(new KeyRing([OLD]));
const HERE = { table: 'connections', row: '1', field: 'credential_sealed' };
const WHY = 'to test it';

function refused(sealed: string, address = HERE, by = sealer): unknown {
  try {
    return `opened: ${by.open(sealed as Sealed, address, WHY).reveal(WHY)}`;
  } catch (error) {
    return error;
  }
}

describe('Sealer', () => {
  it('gives back any text, and only an Opened holds it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const opened = sealer.open(sealer.seal(new Opened(text), HERE), HERE, WHY);
        expect(opened).toBeInstanceOf(Opened);
        expect(opened.reveal(WHY)).toBe(text);
      }),
    );
  });

  it('shows version and key id, never the text', () => {
    const sealed = sealer.seal(new Opened('hunter2-and-more'), HERE);
    expect(sealed).toMatch(/^v1\.old\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+$/);
    const bytes = Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString('latin1');
    expect(bytes).not.toContain('hunter2');
    expect(bytes).toHaveLength('hunter2-and-more'.length + 16);
  });

  it('uses another nonce each time', () => {
    const sealed = Array.from({ length: 2000 }, () => sealer.seal(new Opened('same'), HERE));
    expect(new Set(sealed.map((text) => text.split('.')[2])).size).toBe(2000);
    expect(new Set(sealed.map((text) => text.split('.')[3])).size).toBe(2000);
  });

  describe('binds a ciphertext to its place', () => {
    const sealed = sealer.seal(new Opened('secret'), HERE);

    it.each([
      ['row', { ...HERE, row: '2' }],
      ['field', { ...HERE, field: 'challenge_sealed' }],
      ['table', { ...HERE, table: 'users' }],
      ['empty row', { ...HERE, row: '' }],
    ])('another %s', (_what, address) => {
      expect(refused(sealed, address)).toBeInstanceOf(UnsealError);
    });

    it.each([
      [
        { table: 'a|b', row: 'c', field: 'd' },
        { table: 'a', row: 'b|c', field: 'd' },
      ],
      [
        { table: 'a', row: 'b|1:c', field: 'd' },
        { table: 'a', row: 'b', field: '1:c|d' },
      ],
      [
        { table: 'ab', row: '', field: 'd' },
        { table: 'a', row: 'b', field: 'd' },
      ],
    ])('%j is not %j', (one, other) => {
      expect(refused(sealer.seal(new Opened('x'), one), other)).toBeInstanceOf(UnsealError);
    });

    it('and to no other that merely joins to the same letters', () => {
      const part = fc.string({ unit: fc.constantFrom('a', '1', ':', '|'), maxLength: 4 });
      const address = fc.record({ table: part, row: part, field: part });
      fc.assert(
        fc.property(address, address, (one, other) => {
          const same = one.table === other.table && one.row === other.row && one.field === other.field;
          const outcome = refused(sealer.seal(new Opened('x'), one), other);
          if (same) expect(outcome).toBe('opened: x');
          else expect(outcome).toBeInstanceOf(UnsealError);
        }),
      );
    });
  });

  describe('refuses what was changed', () => {
    it('any flipped bit of nonce, ciphertext and tag', () => {
      fc.assert(
        fc.property(fc.constantFrom(2, 3), fc.nat(), fc.integer({ min: 0, max: 7 }), (part, place, bit) => {
          const parts = sealer.seal(new Opened('some text'), HERE).split('.');
          const bytes = Buffer.from(parts[part] ?? '', 'base64url');
          const at = place % bytes.length;
          bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
          parts[part] = bytes.toString('base64url');
          expect(refused(parts.join('.'))).toBeInstanceOf(UnsealError);
        }),
      );
    });

    it('any text that we did not write, always with the same kind of error', () => {
      const piece = fc.oneof(fc.base64String({ maxLength: 48 }), fc.constantFrom('', '!!!', '====', 'old', 'v1'));
      fc.assert(
        fc.property(piece, piece, (nonce, body) => {
          expect(refused(`v1.old.${nonce}.${body}`)).toBeInstanceOf(UnsealError);
        }),
      );
    });

    it.each([
      ['nothing', ''],
      ['another version', 'v2.old.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
      ['no key id', 'v1..AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
      ['a nonce of no bytes', 'v1.old.!!!.AAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
      ['a short nonce', 'v1.old.AAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
      ['a body shorter than its tag', 'v1.old.AAAAAAAAAAAAAAAA.AAAA'],
      ['a cut body', sealer.seal(new Opened('some text'), HERE).slice(0, -4)],
      ['something appended', `${sealer.seal(new Opened('some text'), HERE)}.more`],
    ])('%s', (_what, text) => {
      expect(refused(text)).toBeInstanceOf(UnsealError);
    });

    it('without telling the text in the error', () => {
      const sealed = sealer.seal(new Opened('hunter2'), HERE);
      const error = refused(sealed, { ...HERE, row: '2' }) as Error;
      expect(error.message).toBe('The sealed value was changed or belongs to another row or field.');
      expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
    });
  });

  describe('rotation', () => {
    const both = new Sealer(new KeyRing([NEW, OLD]));
    const before = sealer.seal(new Opened('old text'), HERE);

    it('seals with the first key and opens with all', () => {
      const after = both.seal(new Opened('new text'), HERE);
      expect(after.startsWith('v1.new.')).toBe(true);
      expect(both.open(before, HERE, WHY).reveal(WHY)).toBe('old text');
      expect(both.open(after, HERE, WHY).reveal(WHY)).toBe('new text');
    });

    it('names the key that is missing', () => {
      const alone = new Sealer(new KeyRing([NEW]));
      expect(refused(before, HERE, alone)).toEqual(new UnsealError('No encryption key with id "old" is configured.'));
    });

    it('does not open with another key under the same id', () => {
      const impostor = new Sealer(new KeyRing([{ id: 'old', key: randomBytes(32) }]));
      expect(refused(before, HERE, impostor)).toBeInstanceOf(UnsealError);
    });

    it('does not open under the id of another key', () => {
      expect(refused(before.replace('v1.old.', 'v1.new.'), HERE, both)).toBeInstanceOf(UnsealError);
    });
  });
});
