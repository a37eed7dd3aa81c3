import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Small on purpose: the buffers live in this process's memory, and the operating system caches the files anyway. */
export const EMBEDDED_SETTINGS = [
  'shared_buffers = 16MB',
  'wal_buffers = 1MB',
  'max_wal_size = 64MB',
  'min_wal_size = 32MB',
  "timezone = 'UTC'",
  "datestyle = 'iso, mdy'",
] as const;

const INIT_TIMEOUT_MS = 120_000;
const run = promisify(execFile);

/** Runs in a process of its own: making a cluster leaves 150 MB behind that are never given back. */
const INIT_SCRIPT = `
const [library, dataDir, settings] = process.argv.slice(1);
const { PGlite } = require(library);
PGlite.create({ dataDir, postgresqlconf: JSON.parse(settings) }).then((database) => database.close());
`;

/** Makes the cluster when there is none. Whole or not at all: a start that is killed leaves only a directory to remove. */
export async function ensureDataDirectory(pgdata: string): Promise<void> {
  if (await exists(join(pgdata, 'PG_VERSION'))) return;
  await removeUnfinished(pgdata);
  const unfinished = `${pgdata}.new-${randomUUID()}`;
  const library = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const settings = JSON.stringify(EMBEDDED_SETTINGS);
  await run(process.execPath, ['--eval', INIT_SCRIPT, library, unfinished, settings], { timeout: INIT_TIMEOUT_MS });
  await rename(unfinished, pgdata);
}

async function removeUnfinished(pgdata: string): Promise<void> {
  const prefix = `${basename(pgdata)}.new-`;
  for (const name of await readdir(dirname(pgdata))) {
    if (name.startsWith(prefix)) await rm(join(dirname(pgdata), name), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
