import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One JSON file that holds a simulator's state. Writes are whole, and those that come together share one. */
export class StateFile {
  private dirty = false;
  private writing: Promise<void> | null = null;

  constructor(
    /** `null` = nothing is kept. */
    private readonly path: string | null,
    private readonly snapshot: () => unknown,
  ) {}

  /** @returns `null` when there is no file yet. @throws when the file is not JSON. */
  async load(): Promise<unknown> {
    if (this.path === null) return null;
    try {
      return JSON.parse(await readFile(this.path, 'utf8'));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Resolves when everything up to now is on disk. */
  save(): Promise<void> {
    const { path } = this;
    if (path === null) return Promise.resolve();
    this.dirty = true;
    this.writing ??= this.drain(path).finally(() => {
      this.writing = null;
    });
    return this.writing;
  }

  /** For changes that nobody waits for. A disk that fails shows at the next `save`. */
  saveSoon(): void {
    this.save().catch(() => undefined);
  }

  private async drain(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    // A kill in the middle leaves the old file whole.
    const temporary = `${path}.tmp`;
    while (this.dirty) {
      this.dirty = false;
      await writeFile(temporary, JSON.stringify(this.snapshot()), { mode: 0o600 });
      await rename(temporary, path);
    }
  }
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
