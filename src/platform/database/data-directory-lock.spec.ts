import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { DataDirectoryInUseError, DataDirectoryLock } from './data-directory-lock.js';

const ignored = (): void => undefined;

describe('DataDirectoryLock', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mooring-lock-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  it('lets one holder in and says who it is', async () => {
    const lock = await DataDirectoryLock.take(directory, ignored);

    await expect(DataDirectoryLock.take(directory, ignored)).rejects.toThrow(DataDirectoryInUseError);
    await expect(DataDirectoryLock.take(directory, ignored)).rejects.toThrow(`process ${process.pid}`);
    await lock.release();
  });

  it('can be taken again after it was released', async () => {
    await (await DataDirectoryLock.take(directory, ignored)).release();

    await (await DataDirectoryLock.take(directory, ignored)).release();
  });

  it('takes over from a process of this host that is gone', async () => {
    const lock = await DataDirectoryLock.take(directory, ignored);
    await pretendOwner(directory, { pid: await deadProcess(), host: hostname() });

    const next = await DataDirectoryLock.take(directory, ignored);

    await next.release();
    await lock.release().catch(() => undefined);
  });

  it('takes over from an earlier life with our own process number, as in a container', async () => {
    const lock = await DataDirectoryLock.take(directory, ignored);
    await pretendOwner(directory, { pid: process.pid, host: hostname() });

    const next = await DataDirectoryLock.take(directory, ignored);

    await next.release();
    await lock.release().catch(() => undefined);
  });

  it('never takes over from another host while the lock is fresh', async () => {
    const lock = await DataDirectoryLock.take(directory, ignored);
    await pretendOwner(directory, { pid: await deadProcess(), host: 'elsewhere' });

    await expect(DataDirectoryLock.take(directory, ignored)).rejects.toThrow('on elsewhere');
    await lock.release();
  });
});

async function pretendOwner(directory: string, owner: { pid: number; host: string }): Promise<void> {
  await writeFile(join(directory, 'owner.json'), JSON.stringify({ ...owner, token: 'of-another-life' }));
}

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--eval', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}
