import type { Clock } from '../time/clock.js';

export interface Loaded<T> {
  readonly value: T;
  /** Absent = given to those who wait, not kept. */
  readonly keepUntil?: Date;
}

/**
 * Values in this process's memory, for a time: at most `limit` of them, the least recently used goes first.
 * Callers who ask for the same key at the same time share one load.
 */
export class LoadingCache<T> {
  private readonly kept = new Map<string, { readonly value: T; readonly until: Date }>();
  private readonly loading = new Map<string, Promise<T>>();

  constructor(
    private readonly limit: number,
    private readonly clock: Clock,
  ) {}

  /** @param load must end by itself: it belongs to all who wait, so no single caller's signal may stop it. */
  async get(key: string, load: () => Promise<Loaded<T>>): Promise<T> {
    const hit = this.kept.get(key);
    if (hit && hit.until > this.clock.now()) {
      this.kept.delete(key);
      this.kept.set(key, hit);
      return hit.value;
    }
    return this.loading.get(key) ?? this.start(key, load);
  }

  /** Forgets what is kept; a load under way is given to those who wait and not kept. */
  forget(matches: (key: string, value: T | undefined) => boolean): void {
    for (const [key, { value }] of this.kept) if (matches(key, value)) this.kept.delete(key);
    for (const key of this.loading.keys()) if (matches(key, undefined)) this.loading.delete(key);
  }

  get size(): number {
    return this.kept.size;
  }

  private start(key: string, load: () => Promise<Loaded<T>>): Promise<T> {
    const run: Promise<T> = load()
      .then(({ value, keepUntil }) => {
        if (keepUntil && this.loading.get(key) === run) this.keep(key, value, keepUntil);
        return value;
      })
      .finally(() => {
        if (this.loading.get(key) === run) this.loading.delete(key);
      });
    this.loading.set(key, run);
    return run;
  }

  private keep(key: string, value: T, until: Date): void {
    this.kept.delete(key);
    this.kept.set(key, { value, until });
    const [oldest] = this.kept.keys();
    if (this.kept.size > this.limit && oldest !== undefined) this.kept.delete(oldest);
  }
}
