import { createServer, connect, type Server, type Socket } from 'node:net';

import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { createClient } from '@keyv/redis';

import { CacheBackend } from '../../src/cache/cache-backend.js';
import { TaggedCache, type Loaded } from '../../src/cache/tagged-cache.js';
import { HealthChecks } from '../../src/platform/health/health-checks.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { CacheSurroundings, TTL_MS } from './cache-surroundings.js';

const REDIS_URL = process.env['REDIS_URL'];
interface Process {
  readonly module: TestingModule;
  readonly cache: TaggedCache;
  readonly clock: MovableClock;
}

async function startProcess(redisUrl: string | null): Promise<Process> {
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z'));
  const imports = [CacheSurroundings.forRoot(redisUrl, clock)];
  const module = await Test.createTestingModule({ imports }).compile();
  await module.init();
  const backend = module.get(CacheBackend);
  await until(async () => backend.isConnected());
  const cache = module.get(TaggedCache);
  await cache.generation(['tag:warm']);
  return { module, cache, clock };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(setImmediate);
}

/** A truth that can change, and a load that stops halfway when told to. */
class Truth {
  value = 'first';
  loads = 0;
  private release: (() => void) | null = null;

  readonly load = async (): Promise<Loaded<string>> => {
    this.loads += 1;
    return { value: this.value, cacheable: true };
  };

  /** Reads now and answers later. */
  slow(): { load: () => Promise<Loaded<string>>; answer: () => void; reached: Promise<void> } {
    const held = new Promise<void>((resolve) => (this.release = resolve));
    let arrive = (): void => undefined;
    const reached = new Promise<void>((resolve) => (arrive = resolve));
    const load = async () => {
      const loaded = await this.load();
      arrive();
      await held;
      return loaded;
    };
    return { load, answer: () => this.release?.(), reached };
  }
}

let names = 0;
const nextName = () => `${String(process.pid)}-${String((names += 1))}`;

Logger.overrideLogger(false);

describe.each<readonly [string, string | null]>([
  ['in memory', null],
  ...(REDIS_URL ? [['in Redis', REDIS_URL] as const] : []),
])('the cache %s', (_where, redisUrl) => {
  let one: Process;

  beforeAll(async () => {
    one = await startProcess(redisUrl);
  });

  afterAll(async () => {
    await one.module.close();
  });

  function entry() {
    const name = nextName();
    const tags = [`tag:a:${name}`, `tag:b:${name}`];
    const read = (load: () => Promise<Loaded<string>>, { cache } = one) => cache.read(`entry:${name}`, tags, load);
    return { tags, read };
  }

  it('loads once and answers from the store then', async () => {
    const { read } = entry();
    const truth = new Truth();
    expect(await read(truth.load)).toBe('first');
    truth.value = 'second';
    expect(await read(truth.load)).toBe('first');
    expect(truth.loads).toBe(1);
  });

  it.each([0, 1])('reads the change after tag %i was invalidated', async (index) => {
    const { tags, read } = entry();
    const truth = new Truth();
    await read(truth.load);
    truth.value = 'second';
    await one.cache.invalidate([tags[index] ?? '']);
    expect(await read(truth.load)).toBe('second');
  });

  it('does not let a slow reader put back what was invalidated meanwhile', async () => {
    const { tags, read } = entry();
    const truth = new Truth();
    const { load, answer, reached } = truth.slow();
    const slow = read(load);
    await reached;
    truth.value = 'second';
    await one.cache.invalidate(tags);
    answer();
    expect(await slow).toBe('first');
    expect(await read(truth.load)).toBe('second');
    expect(await read(truth.load)).toBe('second');
  });

  it('does not let a new reader join a load from before the invalidation', async () => {
    const { tags, read } = entry();
    const truth = new Truth();
    const { load, answer, reached } = truth.slow();
    const slow = read(load);
    await reached;
    truth.value = 'second';
    await one.cache.invalidate(tags);
    expect(await read(truth.load)).toBe('second');
    answer();
    await slow;
    expect(await read(truth.load)).toBe('second');
  });

  it('makes one load of many at the same time, cold or not', async () => {
    const { tags, read } = entry();
    const truth = new Truth();
    await Promise.all(Array.from({ length: 32 }, () => read(truth.load)));
    expect(truth.loads).toBe(1);
    await one.cache.invalidate(tags);
    await Promise.all(Array.from({ length: 32 }, () => read(truth.load)));
    expect(truth.loads).toBe(2);
  });

  it('ends an entry after its lifetime', async () => {
    const { read } = entry();
    const truth = new Truth();
    await read(truth.load);
    truth.value = 'second';
    one.clock.advance(TTL_MS - 1);
    expect(await read(truth.load)).toBe('first');
    one.clock.advance(1);
    expect(await read(truth.load)).toBe('second');
  });

  it('keeps nothing that is not cacheable', async () => {
    const { read } = entry();
    const truth = new Truth();
    const load = async () => ({ ...(await truth.load()), cacheable: false });
    await read(load);
    truth.value = 'second';
    expect(await read(load)).toBe('second');
  });

  it('fails everybody who waits for a failing load, and loads again then', async () => {
    const { read } = entry();
    const fail = async () => Promise.reject(new Error('broken'));
    const failed = await Promise.allSettled([read(fail), read(fail)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await read(new Truth().load)).toBe('first');
  });

  it('changes the generation with every invalidation, and only then', async () => {
    const { tags } = entry();
    const before = await one.cache.generation(tags);
    expect(before).not.toBeNull();
    expect(await one.cache.generation(tags)).toBe(before);
    await one.cache.invalidate(tags.slice(1));
    expect(await one.cache.generation(tags)).not.toBe(before);
  });
});

if (REDIS_URL) {
  describe('two processes on one Redis', () => {
    let one: Process;
    let other: Process;
    let way: BreakableWay;

    beforeEach(async () => {
      way = await BreakableWay.to(new URL(REDIS_URL));
      one = await startProcess(way.url);
      other = await startProcess(REDIS_URL);
    });

    afterEach(async () => {
      await way.mend();
      await one.module.close();
      await other.module.close();
      await way.close();
    });

    it('share entries, and see a change of the other at once', async () => {
      const name = nextName();
      const truth = new Truth();
      const read = ({ cache }: Process) => cache.read(`entry:${name}`, [`tag:${name}`], truth.load);
      await read(one);
      expect(await read(other)).toBe('first');
      expect(truth.loads).toBe(1);
      truth.value = 'second';
      await one.cache.invalidate([`tag:${name}`]);
      expect(await read(other)).toBe('second');
    });

    it('serve nothing from before an outage in which an invalidation was lost', async () => {
      const name = nextName();
      const truth = new Truth();
      const read = ({ cache }: Process) => cache.read(`entry:${name}`, [`tag:${name}`], truth.load);
      await read(one);
      await way.cut();
      truth.value = 'second';
      await one.cache.invalidate([`tag:${name}`]);
      expect(await read(one)).toBe('second');
      await way.mend();
      one.clock.advance(1_000);
      await until(async () => (await one.cache.generation([`tag:${name}`])) !== null);
      expect(await read(one)).toBe('second');
      expect(await read(other)).toBe('second');
    });

    it('begin afresh after a lost connection, as Redis may have come back with old data', async () => {
      const before = await one.cache.generation(['tag:x']);
      await way.cut();
      await until(async () => !one.module.get(CacheBackend).isConnected());
      await way.mend();
      await until(async () => (await one.cache.generation(['tag:x'])) !== null);
      expect(await one.cache.generation(['tag:x'])).not.toBe(before);
    });

    it('leave nothing in Redis that others can read, and use nothing that others put there', async () => {
      const name = nextName();
      const truth = new Truth();
      truth.value = 'ES9121000418450200051332';
      const read = async () => other.cache.read(`entry:${name}`, [`tag:${name}`], truth.load);
      await one.cache.read(`entry:${name}`, [`tag:${name}`], truth.load);
      expect(await read()).toBe(truth.value);
      expect(truth.loads).toBe(1);

      const redis = createClient({ url: REDIS_URL });
      await redis.connect();
      try {
        const [key = '', ...more] = await redis.keys(`*entry:${name}`);
        expect(more).toEqual([]);
        const kept = (await redis.get(key)) ?? '';
        expect(kept).toContain('v1.test.');
        expect(kept).not.toContain(truth.value);
        const tokens = [await other.cache.generation([`tag:${name}`])].flatMap((text) => text?.split(',') ?? []);
        const forged = { tokens, until: 9e15, value: 'forged' };
        await redis.set(key, JSON.stringify({ value: forged }));
        expect(await read()).toBe(truth.value);
        expect(truth.loads).toBe(2);
      } finally {
        await redis.close();
      }
    });

    it('go on without Redis, and say so', async () => {
      const [check] = one.module.get(HealthChecks).all();
      expect(check).toMatchObject({ name: 'cache', required: false });
      const { signal } = new AbortController();
      await expect(check?.probe(signal)).resolves.toBeUndefined();
      await way.cut();
      await until(async () => !one.module.get(CacheBackend).isConnected());
      await expect(check?.probe(signal)).rejects.toThrow('Redis');
      const truth = new Truth();
      const read = () => one.cache.read(`entry:${nextName()}`, ['tag:x'], truth.load);
      expect(await read()).toBe('first');
      await expect(one.cache.invalidate(['tag:x'])).resolves.toBeUndefined();
    });

    it('end while Redis is away', async () => {
      const lost = await startProcess(way.url);
      await way.cut();
      await until(async () => !lost.module.get(CacheBackend).isConnected());
      await expect(lost.module.close()).resolves.toBeUndefined();
    });
  });
}

/** A way to Redis that can be cut, so that one process loses it. */
class BreakableWay {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
    private readonly port: number,
  ) {}

  static async to(target: URL): Promise<BreakableWay> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const way = new BreakableWay(server, target, typeof address === 'object' && address ? address.port : 0);
    server.on('connection', (socket) => {
      way.join(socket);
    });
    return way;
  }

  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  async cut(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async mend(): Promise<void> {
    if (this.server.listening) return;
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    await this.cut();
  }

  private join(socket: Socket): void {
    const onward = connect(Number(this.target.port || 6379), this.target.hostname);
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.sockets.add(from);
      from
        .on('error', () => undefined)
        .on('close', () => {
          this.sockets.delete(from);
          to.destroy();
        });
      from.pipe(to);
    }
  }
}
