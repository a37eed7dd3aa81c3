import { DataSource } from 'typeorm';

import { Boss } from '../../src/platform/queue/boss.js';
import { DeadLetters } from '../../src/platform/queue/dead-letters.js';
import { JobBell } from '../../src/platform/queue/job-bell.js';
import { JobKinds } from '../../src/platform/queue/job-kinds.js';
import { PgBossWorkers } from '../../src/platform/queue/pg-boss-workers.js';
import { QueueCountsReader } from '../../src/platform/queue/queue-counts.js';
import { readyQueues } from '../../src/platform/queue/ready-queues.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';
import { arrivals, PLAIN, QueueProcess, type Numbered } from './queue-world.js';

let database: TestDatabase;
let process: QueueProcess;
let kinds = 0;

/** A queue of its own, so that tests do not meet. */
function kind(over: Partial<typeof PLAIN> = {}): typeof PLAIN {
  kinds += 1;
  return { ...PLAIN, name: `test.k${kinds}`, ...over };
}

const seen = (): { readonly values: number[]; readonly handler: (data: Numbered) => Promise<void> } => {
  const values: number[] = [];
  return { values, handler: async ({ n }) => Promise.resolve(void values.push(n)) };
};

beforeAll(async () => {
  database = await testDatabase();
  process = await QueueProcess.start(database.url);
});

afterAll(async () => {
  await process.close();
  await database.close();
});

describe('sending', () => {
  it('brings each job to its handler once', async () => {
    const plain = kind();
    const { values, handler } = seen();
    process.handle(plain, handler);
    await process.queue.sendMany(
      plain,
      Array.from({ length: 1203 }, (_each, n) => ({ data: { n } })),
    );
    expect(await process.queue.depth(plain)).toBe(1203);
    expect(await process.workers.workOff()).toEqual({ done: 1203, failed: 0 });
    expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1203 }, (_each, n) => n));
    expect(await process.queue.depth(plain)).toBe(0);
  });

  it('happens with its transaction or not at all', async () => {
    const plain = kind();
    const { values, handler } = seen();
    process.handle(plain, handler);
    await process.inside(JobKinds).makeAll();
    const source = process.inside(DataSource);
    const undone = source.transaction(async (manager) => {
      await process.queue.sendMany(plain, [{ data: { n: 1 } }, { data: { n: 2 } }], manager);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await source.transaction(async (manager) => process.queue.send(plain, { data: { n: 3 } }, manager));
    await process.workers.workOff();
    expect(values).toEqual([3]);
  });

  it('keeps one waiting job per key; jobs without a key are all kept', async () => {
    const single = kind({ onePerKey: true });
    const { values, handler } = seen();
    process.handle(single, handler);
    for (const n of [1, 2]) await process.queue.send(single, { data: { n }, key: 'a' });
    await process.queue.sendMany(
      single,
      [3, 4, 5].map((n) => ({ data: { n }, ...(n === 5 ? {} : { key: 'b' }) })),
    );
    await process.queue.send(single, { data: { n: 6 } });
    await process.workers.workOff();
    expect(values.toSorted()).toEqual([1, 3, 5, 6]);
    await process.queue.send(single, { data: { n: 7 }, key: 'a' });
    await process.workers.workOff();
    expect(values).toContain(7);
  });

  it('takes a job with its key while another of that key runs', async () => {
    const single = kind({ onePerKey: true });
    let ran = 0;
    process.handle(single, async () => {
      ran += 1;
      if (ran === 1) await process.queue.send(single, { data: { n: 2 }, key: 'a' });
    });
    await process.queue.send(single, { data: { n: 1 }, key: 'a' });
    expect(await process.workers.workOff()).toEqual({ done: 2, failed: 0 });
  });

  it('takes higher priorities first', async () => {
    const plain = kind();
    const { values, handler } = seen();
    process.handle(plain, handler, 1);
    for (const [n, priority] of [
      [1, undefined],
      [2, 5],
      [3, -1],
      [4, 9],
    ] as const) {
      await process.queue.send(plain, { data: { n }, ...(priority === undefined ? {} : { priority }) });
    }
    await process.workers.workOff();
    expect(values).toEqual([4, 2, 1, 3]);
  });

  it('works for a kind that this process does not handle', async () => {
    const foreign = kind();
    await process.queue.send(foreign, { data: { n: 1 } });
    expect(await process.queue.depth(foreign)).toBe(1);
    const { values, handler } = seen();
    process.handle(foreign, handler);
    await process.workers.workOff();
    expect(values).toEqual([1]);
  });

  it('sends nothing when there is nothing to send', async () => {
    const plain = kind();
    await process.queue.sendMany(plain, []);
    expect(await process.queue.depth(plain)).toBe(0);
  });

  it('has one handler per kind', () => {
    const plain = kind();
    process.handle(plain, async () => Promise.resolve());
    expect(() => {
      process.handle(plain, async () => Promise.resolve());
    }).toThrow(RangeError);
  });
});

describe('running workers', () => {
  it('are woken when a transaction that sends is over, not before and not by a savepoint', async () => {
    const plain = kind();
    const other = await QueueProcess.start(database.url, 'worker');
    other.inside(JobKinds).declare(plain);
    await other.inside(JobKinds).makeAll();
    const woken: string[] = [];
    const bell = other.inside(JobBell);
    bell.listen(plain.name, () => void woken.push('woken'));
    await other.inside(DataSource).transaction(async (manager) => {
      await manager.transaction(async (inner) => other.queue.send(plain, { data: { n: 1 } }, inner));
      expect(woken).toEqual([]);
    });
    expect(woken).toEqual(['woken']);
    await other
      .inside(DataSource)
      .transaction(async (manager) => {
        await other.queue.send(plain, { data: { n: 2 } }, manager);
        throw new RangeError('undone');
      })
      .catch(() => undefined);
    expect(woken).toEqual(['woken']);
    await other.close();
  });

  it('find what another process has sent, in whichever queue', async () => {
    const [first, second] = [kind(), kind()];
    const other = await QueueProcess.start(database.url, 'worker');
    const all = arrivals(2);
    for (const each of [first, second]) {
      other.handle(each, async () => {
        all.come();
        return Promise.resolve();
      });
    }
    expect(await readyQueues(other.inside(Boss), [first.name, second.name])).toEqual([]);
    await process.queue.send(first, { data: { n: 1 } });
    await process.queue.send(second, { data: { n: 2 } });
    await all.all;
    await other.close();
  });
});

describe('a worker that is told to stop', () => {
  it('says so to a job that takes too long, which runs again elsewhere', async () => {
    const plain = kind();
    const other = await QueueProcess.start(database.url, 'worker');
    const begun = arrivals(1);
    other.handle(plain, async (_data, signal) => {
      begun.come();
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new RangeError('stopped'));
        });
      });
    });
    await other.queue.send(plain, { data: { n: 1 } });
    await begun.all;
    await other.inside(PgBossWorkers).stop(0);
    expect(await process.queue.depth(plain)).toBe(1);
    await other.close();
  });
});

describe('failing', () => {
  it('touches no other job, and leaves the failed one to its next attempt', async () => {
    const plain = kind({ retryDelaySeconds: 3_600, retryDelayMaxSeconds: 3_600 });
    const values: number[] = [];
    process.handle(plain, async ({ n }) => {
      if (n % 2 === 0) throw new TypeError('no even ones');
      await Promise.resolve(values.push(n));
    });
    await process.queue.sendMany(
      plain,
      [1, 2, 3, 4, 5].map((n) => ({ data: { n } })),
    );
    expect(await process.workers.workOff()).toEqual({ done: 3, failed: 2 });
    expect(values.toSorted()).toEqual([1, 3, 5]);
    expect(await process.queue.depth(plain)).toBe(2);
  });

  it('leads to the dead letters after the last attempt, and back again', async () => {
    const plain = kind({ retryLimit: 0 });
    let broken = true;
    const values: number[] = [];
    process.handle(plain, async ({ n }) => {
      if (broken) throw new RangeError(`number ${n}\nwith a second line, Bearer abc.def`);
      await Promise.resolve(values.push(n));
    });
    await process.queue.sendMany(
      plain,
      [1, 2, 3].map((n) => ({ data: { n } })),
    );
    expect(await process.workers.workOff()).toEqual({ done: 0, failed: 3 });
    const letters = process.inside(DeadLetters);
    const first = await letters.page({ queue: plain.name, limit: 2 });
    const second = await letters.page({ queue: plain.name, limit: 2, cursor: first.nextCursor ?? '' });
    const all = [...first.data, ...second.data];
    expect(all.map(({ data }) => (data as Numbered).n).toSorted()).toEqual([1, 2, 3]);
    expect(second.nextCursor).toBeNull();
    expect(all[0]).toMatchObject({ queue: plain.name, attempts: 1 });
    expect(all[0]?.error).toMatch(/^RangeError: number \d$/);
    const counts = (await process.inside(QueueCountsReader).all()).find(({ queue }) => queue === plain.name);
    expect(counts).toMatchObject({ waiting: 0, active: 0, dead: 3, oldestSeconds: null });

    broken = false;
    const { manager } = process.inside(DataSource);
    expect(await letters.redrive({ ids: [all[0]?.id ?? ''], limit: 10 }, manager)).toBe(1);
    expect(await letters.redrive({ queue: plain.name, limit: 10 }, manager)).toBe(2);
    expect(await letters.redrive({ queue: plain.name, limit: 10 }, manager)).toBe(0);
    await process.workers.workOff();
    expect(values.toSorted()).toEqual([1, 2, 3]);
  });

  it('never keeps the text of a foreign error', async () => {
    const plain = kind({ retryLimit: 0 });
    process.handle(plain, async () => Promise.reject(new Error('IBAN DE02 1203')));
    await process.queue.send(plain, { data: { n: 1 } });
    await process.workers.workOff();
    const { data } = await process.inside(DeadLetters).page({ queue: plain.name, limit: 5 });
    expect(data.map(({ error }) => error)).toEqual(['Error']);
  });
});

describe('a worker', () => {
  let worker: QueueProcess;

  beforeAll(async () => {
    worker = await QueueProcess.start(database.url, 'worker');
  });

  afterAll(async () => {
    await worker.close();
  });

  it('starts a job that its own process sent without waiting for the next look', async () => {
    const plain = kind();
    const { all, come } = arrivals(3);
    worker.handle(plain, async () => {
      come();
      return Promise.resolve();
    });
    await worker.queue.sendMany(
      plain,
      [1, 2, 3].map((n) => ({ data: { n } })),
    );
    await all;
  });

  it('finds what another process sent', async () => {
    const plain = kind();
    const { all, come } = arrivals(2);
    worker.handle(plain, async () => {
      come();
      return Promise.resolve();
    });
    await process.queue.sendMany(
      plain,
      [1, 2].map((n) => ({ data: { n } })),
    );
    await all;
  });

  it('runs others while one is slow, never more than its places', async () => {
    const plain = kind();
    const many = arrivals(40);
    let slow: () => void = () => undefined;
    let now = 0;
    let most = 0;
    worker.handle(
      plain,
      async ({ n }) => {
        now += 1;
        most = Math.max(most, now);
        if (n === 0) await new Promise<void>((resolve) => (slow = resolve));
        else await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        if (n > 0) many.come();
      },
      4,
    );
    await worker.queue.sendMany(
      plain,
      Array.from({ length: 41 }, (_each, n) => ({ data: { n } })),
    );
    await many.all;
    expect(most).toBeLessThanOrEqual(4);
    expect(most).toBeGreaterThan(1);
    slow();
  });

  it('lets a running job end when it stops, and gives back what it has not begun', async () => {
    const plain = kind();
    const other = await QueueProcess.start(database.url, 'worker');
    const begun = arrivals(1);
    const order: string[] = [];
    let release: () => void = () => undefined;
    other.handle(
      plain,
      async () => {
        begun.come();
        await new Promise<void>((resolve) => (release = resolve));
        order.push('job');
      },
      1,
    );
    await other.queue.sendMany(
      plain,
      [1, 2].map((n) => ({ data: { n } })),
    );
    await begun.all;
    const closed = other
      .inside(PgBossWorkers)
      .stop(10_000)
      .then(() => order.push('stopped'));
    release();
    await closed;
    expect(order).toEqual(['job', 'stopped']);
    await other.close();
    const counts = (await process.inside(QueueCountsReader).all()).find(({ queue }) => queue === plain.name);
    expect(counts).toMatchObject({ waiting: 1, active: 0, failed: 0, dead: 0 });
  });
});

it('several processes that start at once on a new database make the queues together', async () => {
  const fresh = await testDatabase();
  const source = await fresh.connect([]);
  await source.query('DROP SCHEMA pgboss CASCADE');
  const several = await Promise.all([1, 2, 3].map(async () => QueueProcess.start(fresh.url)));
  const plain = kind();
  await Promise.all(several.map(async ({ queue }, n) => queue.send(plain, { data: { n } })));
  expect(await several[0]?.queue.depth(plain)).toBe(3);
  await Promise.all(several.map(async (each) => each.close()));
  await fresh.close();
});
