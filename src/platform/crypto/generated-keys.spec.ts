import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { generatedKeys } from './generated-keys.js';
import { KeyRing } from './key-ring.js';

describe('generatedKeys', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-keys-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('makes one key, readable by its owner only, that a ring takes', async () => {
    const dataDir = join(folder, 'data', 'deep');
    const keys = await generatedKeys(dataDir);
    expect(new KeyRing(keys).ids).toEqual(['sandbox']);
    expect((await stat(join(dataDir, 'encryption-keys'))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  });

  it('keeps the key for the next start, and makes another in another place', async () => {
    const first = await generatedKeys(join(folder, 'one'));
    expect(await generatedKeys(join(folder, 'one'))).toEqual(first);
    expect(await generatedKeys(join(folder, 'two'))).not.toEqual(first);
  });

  it('gives one key to all who start at the same time', async () => {
    const starts = Array.from({ length: 20 }, async () => generatedKeys(folder));
    const all = await Promise.all(starts);
    expect(new Set(all.map(([key]) => key?.key.toString('hex'))).size).toBe(1);
    expect(await readdir(folder)).toEqual(['encryption-keys']);
  });

  it('refuses a damaged file and leaves it as it is', async () => {
    const file = join(folder, 'encryption-keys');
    await writeFile(file, 'sandbox:short\n');
    await expect(generatedKeys(folder)).rejects.toThrow(
      `The key file ${file} is damaged. Restore it, or remove the whole data directory.`,
    );
    expect(await readFile(file, 'utf8')).toBe('sandbox:short\n');
  });
});
