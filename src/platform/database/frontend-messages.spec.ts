import fc from 'fast-check';

import { FrontendMessages } from './frontend-messages.js';

function typed(letter: string, body: string): Buffer {
  const message = Buffer.alloc(5 + body.length);
  message.write(letter, 0);
  message.writeInt32BE(4 + body.length, 1);
  message.write(body, 5);
  return message;
}

function untyped(code: number, body = ''): Buffer {
  const message = Buffer.alloc(8 + body.length);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(code, 4);
  message.write(body, 8);
  return message;
}

describe('FrontendMessages', () => {
  it('cuts the same messages however the bytes arrive', () => {
    const letters = fc.constantFrom('P', 'B', 'D', 'E', 'S', 'Q');
    const sent = fc.array(fc.tuple(letters, fc.string({ unit: 'binary-ascii', maxLength: 20 })), { maxLength: 8 });
    fc.assert(
      fc.property(sent, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (list, sizes) => {
        const all = Buffer.concat(list.map(([letter, body]) => typed(letter, body)));
        const messages = new FrontendMessages();
        let types = '';
        const got: Buffer[] = [];
        for (let at = 0, turn = 0; at < all.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          messages.push(all.subarray(at, at + size));
          at += size;
          const cut = messages.typed();
          types += cut.types;
          got.push(cut.bytes);
        }
        expect(types).toBe(list.map(([letter]) => letter).join(''));
        expect(Buffer.concat(got).equals(all)).toBe(true);
      }),
    );
  });

  it('stops before a goodbye and passes nothing of it on', () => {
    const messages = new FrontendMessages();
    messages.push(Buffer.concat([typed('Q', 'select 1'), typed('X', '')]));
    expect(messages.typed()).toEqual({ types: 'Q', bytes: typed('Q', 'select 1'), terminated: true });
  });

  it.each([
    ['encryption', 80_877_103],
    ['encryption', 80_877_104],
    ['cancel', 80_877_102],
    ['startup', 196_608],
  ])('knows %s', (kind, code) => {
    const messages = new FrontendMessages();
    messages.push(untyped(code, 'rest').subarray(0, 7));
    expect(messages.opening()).toBeNull();
    messages.push(untyped(code, 'rest').subarray(7));
    expect(messages.opening()).toEqual({ kind, bytes: untyped(code, 'rest') });
  });

  it('refuses lengths that no message has', () => {
    for (const length of [-1, 3, 1 << 30]) {
      const messages = new FrontendMessages();
      const bytes = typed('Q', 'x');
      bytes.writeInt32BE(length, 1);
      messages.push(bytes);
      expect(() => messages.typed()).toThrow(RangeError);
    }
  });
});
