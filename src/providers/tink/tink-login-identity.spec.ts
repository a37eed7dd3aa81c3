import type { Field } from '../../credentials/field.js';
import { Opened } from '../../platform/crypto/opened.js';
import { identityOf, identityOfInput } from './tink-login-identity.js';

const asked = (name: string, masked: boolean): Field => ({ name, label: name, type: 'text', required: true, masked });
const given = (fields: Record<string, string>) =>
  new Map(Object.entries(fields).map(([name, value]) => [name, new Opened(value)]));
const text = (secret: Opened | null) => secret?.reveal('test') ?? null;

describe('whose login it is', () => {
  it('is told by the username', () => {
    expect(
      text(
        identityOf(
          new Map([
            ['username', ' u1 '],
            ['other', 'x'],
          ]),
        ),
      ),
    ).toBe('u1');
  });

  it('is told by all other open inputs where there is none, in any order', () => {
    const fields = [
      ['b', '2'],
      ['a', '1'],
      ['pinCode', '9'],
      ['empty', ' '],
    ] as const;
    expect(text(identityOf(new Map(fields)))).toBe('a=1\nb=2');
    expect(text(identityOf(new Map([...fields].reverse())))).toBe('a=1\nb=2');
  });

  it('is unknown without open inputs', () => {
    expect(identityOf(new Map())).toBeNull();
    expect(identityOf(new Map([['password', 'x']]))).toBeNull();
  });

  it('is the same for what is sent and for what Tink shows afterwards', () => {
    const fields = [asked('ssn', false), asked('word', true)];
    const before = identityOfInput(fields, given({ ssn: '1980', word: 'geheim' }));
    expect(text(before)).toBe(text(identityOf(new Map([['ssn', '1980']]))));
  });
});
