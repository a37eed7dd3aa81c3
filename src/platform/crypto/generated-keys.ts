import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseKeyList, type EncryptionKey } from '../../config/environment-rules.js';

const FILE_NAME = 'encryption-keys';

/** The sandbox's key: made once, kept in the data directory, readable by its owner only. Live mode never comes here. */
export async function generatedKeys(dataDir: string): Promise<readonly EncryptionKey[]> {
  const file = join(dataDir, FILE_NAME);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeOnce(file, `sandbox:${randomBytes(32).toString('base64')}\n`);
  const keys = parseKeyList((await readFile(file, 'utf8')).trim());
  if (!keys) throw new TypeError(`The key file ${file} is damaged. Restore it, or remove the whole data directory.`);
  return keys;
}

/** The file appears whole or not at all, so that a process that starts at the same time never reads half a key. */
async function writeOnce(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
    await link(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
