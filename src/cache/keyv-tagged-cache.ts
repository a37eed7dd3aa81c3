import { Injectable, Logger } from '@nestjs/common';

import { CacheConfig } from '../config/slices.js';
import { Ids } from '../platform/ids/ids.js';
import { Clock } from '../platform/time/clock.js';
import { CacheMetrics } from './cache-metrics.js';
import { CacheStore, EPOCH_TAG, TAG_TTL_MS } from './cache-store.js';
import { TaggedCache, type Loaded } from './tagged-cache.js';

interface Entry {
  /** The tokens of its tags as they were before the truth was read. */
  readonly tokens: readonly string[];
  /** Milliseconds since 1970 at which it is too old. */
  readonly until: number;
  readonly value: unknown;
}

/**
 * Every tag has a token, and an entry is valid only while its tags have the tokens that were read *before* its value
 * was loaded. So a slow reader cannot put back what was invalidated meanwhile. A missing token is never valid: it is
 * made new, and made before the load.
 */
@Injectable()
export class KeyvTaggedCache extends TaggedCache {
  private readonly logger = new Logger('Cache');
  private readonly flights = new Map<string, Promise<unknown>>();
  private readonly completions = new Map<string, Promise<readonly string[]>>();

  constructor(
    private readonly store: CacheStore,
    private readonly config: CacheConfig,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly metrics: CacheMetrics,
  ) {
    super();
  }

  override peek(key: string, tags: readonly string[]): unknown {
    const entry = this.store.peek(key);
    if (!isEntry(entry) || entry.until <= this.clock.now().getTime()) return undefined;
    const { tokens, value } = entry;
    if (tokens.length !== tags.length + 1 || tokens[tags.length] !== this.store.peek(EPOCH_TAG)) return undefined;
    for (const [index, tag] of tags.entries()) if (tokens[index] !== this.store.peek(tag)) return undefined;
    this.metrics.read('hit');
    return value;
  }

  override async read<T>(key: string, tags: readonly string[], load: () => Promise<Loaded<T>>): Promise<T> {
    const atHand = this.peek(key, tags);
    if (atHand !== undefined) return atHand as T;
    let tokens: readonly string[] | null;
    try {
      const [entry, ...found] = await this.store.getMany([key, ...tags, EPOCH_TAG]);
      if (isEntry(entry) && isSame(entry.tokens, found) && entry.until > this.clock.now().getTime()) {
        this.metrics.read('hit');
        return entry.value as T;
      }
      tokens = await this.complete(tags, found);
    } catch {
      tokens = null;
    }
    this.metrics.read(tokens === null ? 'away' : 'miss');
    // Without tokens nobody can tell whether a load under way saw the last change: everyone loads for himself.
    if (tokens === null) return (await load()).value;
    return this.fly(key, tokens, load);
  }

  override async invalidate(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return;
    try {
      await this.store.setMany([...new Set(tags)].map((key) => this.freshToken(key)));
      this.metrics.invalidated('done');
    } catch (error) {
      this.store.distrust();
      this.metrics.invalidated('failed');
      this.logger.warn({ msg: 'invalidation failed; the cache starts afresh when its store is back', err: error });
    }
  }

  override peekGeneration(tags: readonly string[]): string | undefined {
    const tokens = [...tags, EPOCH_TAG].map((tag) => this.store.peek(tag));
    return tokens.includes(undefined) ? undefined : tokens.join();
  }

  override async generation(tags: readonly string[]): Promise<string | null> {
    try {
      return (await this.complete(tags, await this.store.getMany([...tags, EPOCH_TAG]))).join();
    } catch {
      return null;
    }
  }

  /** One load for all who ask for the same key under the same tokens, that is, with no invalidation in between. */
  private fly<T>(key: string, tokens: readonly string[], load: () => Promise<Loaded<T>>): Promise<T> {
    const name = [key, ...tokens].join();
    const running = this.flights.get(name);
    if (running) return running as Promise<T>;
    const flight = this.loadAndKeep(key, tokens, load).finally(() => this.flights.delete(name));
    this.flights.set(name, flight);
    return flight;
  }

  private async loadAndKeep<T>(key: string, tokens: readonly string[], load: () => Promise<Loaded<T>>): Promise<T> {
    const { value, cacheable } = await load();
    const ttl = this.config.ttlMs;
    if (!cacheable || ttl <= 0) return value;
    const entry: Entry = { tokens, until: this.clock.now().getTime() + ttl, value };
    // A value that could not be kept is loaded again: nothing to tell anybody.
    await this.store.setMany([{ key, value: entry, ttl }]).catch(() => undefined);
    return value;
  }

  /** Gives a token to every tag that has none; once for all who found the same ones missing. */
  private async complete(tags: readonly string[], found: readonly unknown[]): Promise<readonly string[]> {
    if (isComplete(found)) return found;
    const name = [...tags, ...found].join();
    const running = this.completions.get(name);
    if (running) return running;
    const completion = this.writeMissing([...tags, EPOCH_TAG], found).finally(() => this.completions.delete(name));
    this.completions.set(name, completion);
    return completion;
  }

  private async writeMissing(tags: readonly string[], found: readonly unknown[]): Promise<readonly string[]> {
    const all = tags.map((key, index) => {
      const token = found[index];
      return typeof token === 'string' ? { token } : { item: this.freshToken(key) };
    });
    await this.store.setMany(all.flatMap(({ item }) => item ?? []));
    return all.map(({ token, item }) => token ?? item.value);
  }

  private freshToken(key: string): { key: string; value: string; ttl: number } {
    return { key, value: this.ids.next(), ttl: TAG_TTL_MS };
  }
}

function isComplete(tokens: readonly unknown[]): tokens is readonly string[] {
  return tokens.every((token) => typeof token === 'string');
}

function isSame(tokens: readonly string[], found: readonly unknown[]): boolean {
  return tokens.length === found.length && tokens.every((token, index) => token === found[index]);
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && 'tokens' in value && 'until' in value;
}
