import { Logger } from '@nestjs/common';
import KeyvRedis, { createClient } from '@keyv/redis';
import { Keyv } from 'keyv';

import { MemoryStore } from './memory.store.js';

/** Items (entries and tags) kept in memory. An answer has about 2 KiB and is not kept above 32 KiB. */
const MAX_ITEMS_IN_MEMORY = 10_000;
/** Commands that may wait for Redis; more fail at once. */
const MAX_WAITING_COMMANDS = 10_000;
/** Milliseconds. */
const CONNECT_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_DELAY_MS = 1_000;

/** What the cache stands on. */
export abstract class CacheBackend {
  abstract readonly keyv: Keyv;
  /** True = other processes use it too, and it can be away. */
  abstract readonly shared: boolean;
  abstract isConnected(): boolean;
  /** The value of a key if it is in this process. */
  abstract peek(key: string): unknown;
  /** @param listener is told whenever the connection was lost, before the first use of a new one. */
  abstract onLost(listener: () => void): void;
}

export class MemoryBackend extends CacheBackend {
  override readonly shared = false;
  override readonly keyv: Keyv;
  private readonly store: MemoryStore;

  constructor(maxItems: number = MAX_ITEMS_IN_MEMORY) {
    super();
    this.store = new MemoryStore(maxItems);
    this.keyv = new Keyv({ store: this.store, useKeyPrefix: false });
    // Values stay the objects they are: a hit costs no parsing.
    this.keyv.serialize = undefined;
    this.keyv.deserialize = undefined;
  }

  override isConnected(): boolean {
    return true;
  }

  override peek(key: string): unknown {
    return this.store.peek(key);
  }

  override onLost(): void {
    // Memory is never away.
  }
}

export class RedisBackend extends CacheBackend {
  override readonly shared = true;
  override readonly keyv: Keyv;
  private readonly logger = new Logger('Redis');
  private readonly client: ReturnType<typeof createClient>;

  /** Starts to connect and goes on trying; nothing waits for it. */
  constructor(url: string) {
    super();
    this.client = createClient({
      url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: MAX_WAITING_COMMANDS,
      socket: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        reconnectStrategy: (attempts) => Math.min(50 * 2 ** attempts, MAX_RECONNECT_DELAY_MS),
      },
    });
    this.logOutages();
    const store = new KeyvRedis(this.client, { namespace: 'mooring', throwOnErrors: true });
    this.keyv = new Keyv(store, { namespace: 'mooring', useKeyPrefix: false, throwOnErrors: true });
    this.keyv.on('error', () => undefined);
    void this.client.connect().catch(() => undefined);
  }

  override isConnected(): boolean {
    return this.client.isReady;
  }

  override peek(): undefined {
    return undefined;
  }

  override onLost(listener: () => void): void {
    this.client.on('reconnecting', listener);
  }

  /** One line when it goes and one when it comes back; errors in between repeat the same. */
  private logOutages(): void {
    let away = false;
    this.client.on('error', (error: unknown) => {
      if (!away) this.logger.warn({ msg: 'cache store away', err: error });
      away = true;
    });
    this.client.on('ready', () => {
      if (away) this.logger.log({ msg: 'cache store back' });
      away = false;
    });
  }
}
