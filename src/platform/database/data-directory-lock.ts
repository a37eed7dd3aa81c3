import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { lock as lockFile } from 'proper-lockfile';

/** A process on another host that stopped without a word loses the directory after this time. */
const STALE_MS = 30_000;
const UPDATE_MS = 5_000;

/** Another process uses the data directory. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';

  constructor(directory: string, owner: Owner | null) {
    const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
    super(
      `The data directory ${directory} is in use by ${who}. ` +
        'Stop it, choose another MOORING_DATA_DIR, or set DATABASE_URL: the embedded database serves one process.',
    );
  }
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

const heldHere = new Set<string>();

/** One process per data directory. A lock that a killed process of this host left behind is taken over at once. */
export class DataDirectoryLock {
  private constructor(
    private readonly ownerFile: string,
    private readonly token: string,
    private readonly releaseFile: () => Promise<void>,
  ) {}

  /**
   * @param onLost another process took the directory from under us: nothing may be written any more.
   * @throws DataDirectoryInUseError
   */
  static async take(directory: string, onLost: () => void = stopAtOnce): Promise<DataDirectoryLock> {
    const ownerFile = join(directory, 'owner.json');
    const lockPath = join(directory, 'lock');
    const acquire = async (): Promise<() => Promise<void>> =>
      lockFile(directory, {
        lockfilePath: lockPath,
        stale: STALE_MS,
        update: UPDATE_MS,
        retries: 0,
        onCompromised: onLost,
      });
    let release: () => Promise<void>;
    try {
      release = await acquire();
    } catch (error) {
      if (!isLocked(error)) throw error;
      const owner = await readOwner(ownerFile);
      if (!owner || isAlive(owner)) throw new DataDirectoryInUseError(directory, owner);
      await rm(ownerFile, { force: true });
      await rm(lockPath, { recursive: true, force: true });
      release = await acquire().catch((again: unknown) => {
        throw isLocked(again) ? new DataDirectoryInUseError(directory, null) : again;
      });
    }
    const token = randomUUID();
    await writeFile(ownerFile, JSON.stringify({ pid: process.pid, host: hostname(), token } satisfies Owner));
    heldHere.add(token);
    return new DataDirectoryLock(ownerFile, token, release);
  }

  async release(): Promise<void> {
    heldHere.delete(this.token);
    await rm(this.ownerFile, { force: true });
    await this.releaseFile();
  }
}

/** An orderly stop would write to files that are no longer ours. */
function stopAtOnce(): never {
  process.stderr.write('Another process took the data directory. Stopping at once, to damage nothing.\n');
  process.exit(1);
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOCKED';
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isOwner(value) ? value : null;
  } catch {
    return null;
  }
}

function isOwner(value: unknown): value is Owner {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'pid') === 'number' &&
    typeof Reflect.get(value, 'host') === 'string' &&
    typeof Reflect.get(value, 'token') === 'string'
  );
}

/** In a container every process may have the same number, so our own number proves nothing: the token does. */
function isAlive({ pid, host, token }: Owner): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return heldHere.has(token);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
