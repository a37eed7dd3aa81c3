import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A random secret of the sandbox, made once and kept in the data directory, readable by its owner only. */
export async function keptSecret(dataDir: string, name: string): Promise<string> {
  const kept = await readSecret(dataDir, name);
  if (kept !== null) return kept;
  const secret = randomBytes(32).toString('hex');
  await keepSecret(dataDir, name, secret);
  return secret;
}

export async function readSecret(dataDir: string, name: string): Promise<string | null> {
  try {
    const text = (await readFile(join(dataDir, name), 'utf8')).trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
}

export async function keepSecret(dataDir: string, name: string, secret: string): Promise<void> {
  await writeFile(join(dataDir, name), `${secret}\n`, { mode: 0o600 });
}
