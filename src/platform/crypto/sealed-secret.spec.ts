import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { KeyRing } from './key-ring.js';
import { Opened } from './opened.js';
import { Sealer, UnsealError } from './sealer.js';
import { SealedSecret } from './sealed-secret.js';

const sealer = new Sealer(new KeyRing([{ id: 'k', key: randomBytes(32) }]));
const HERE = { table: 'connections', row: '1', field: 'credential_sealed' };
const sealed = sealer.seal(new Opened('vendor-id'), HERE);
const secret = new SealedSecret(sealer, sealed, HERE);

describe('SealedSecret', () => {
  it('opens for who has a reason, any number of times', () => {
    expect(secret.reveal('to test it')).toBe('vendor-id');
    expect(secret.reveal('to test it')).toBe('vendor-id');
  });

  it('does not open at another place', () => {
    const moved = new SealedSecret(sealer, sealed, { ...HERE, row: '2' });
    expect(() => moved.reveal('to test it')).toThrow(UnsealError);
  });

  it('prints as a placeholder, without text, ciphertext or key', () => {
    const options = { showHidden: true, depth: 9 };
    expect([String(secret), JSON.stringify(secret), inspect(secret), inspect([secret], options)]).toEqual([
      '[secret]',
      '"[secret]"',
      '[secret]',
      '[ [secret], [length]: 1 ]',
    ]);
    expect(inspect({ secret }, { ...options, customInspect: false })).not.toContain(sealed);
  });
});
