import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseKeyList, type EncryptionKey } from '../../config/environment-rules.js';

const FILE_NAME = 'encryption-keys';

/** The sandbox's key: made once, kept in the data directory, readable by its owner only. Live mode never comes here. */
export async function generatedKeys(dataDir: string): Promise<readonly EncryptionKey[]> {
  const file = join(dataDir, FILE_NAME);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const fresh = `sandbox:${randomBytes(32).toString('base64')}\n`;
  await writeFile(file, fresh, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  const keys = parseKeyList((await readFile(file, 'utf8')).trim());
  if (!keys) throw new TypeError(`The key file ${file} is damaged. Restore it, or remove the whole data directory.`);
  return keys;
}
