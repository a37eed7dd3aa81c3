import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';

import { UuidIds } from '../../src/platform/ids/ids.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { ScheduledTaskEntity } from '../../src/sync/persistence/scheduled-task.entity.js';
import { ScheduledTaskRepository } from '../../src/sync/persistence/scheduled-task.repository.js';
import type { ScheduledTask } from '../../src/sync/tasks/scheduled-task.js';
import { TaskMetrics } from '../../src/sync/tasks/task-metrics.js';
import { TaskRegistry } from '../../src/sync/tasks/task-registry.js';
import { TaskRunner } from '../../src/sync/tasks/task-runner.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';

const START = new Date('2026-11-20T10:00:00.000Z');
const EVERY_MS = 10_000;
const LEASE_MS = 60_000;

let database: TestDatabase;
let source: DataSource;
let rows: ScheduledTaskRepository;
let clock: MovableClock;
let registry: Registry;

/** A process that runs tasks. */
class Process {
  readonly runner: TaskRunner;

  constructor(run: ScheduledTask['run'], names: readonly string[] = ['test']) {
    const tasks = new TaskRegistry();
    for (const name of names) tasks.add({ name, everyMs: EVERY_MS, leaseMs: LEASE_MS, run });
    registry = new Registry();
    this.runner = new TaskRunner(tasks, rows, clock, new TaskMetrics(registry), new UuidIds());
  }

  static async several(count: number, run: ScheduledTask['run']): Promise<Process[]> {
    const all = Array.from({ length: count }, () => new Process(run));
    await Promise.all(all.map(async ({ runner }) => runner.onApplicationBootstrap()));
    return all;
  }
}

Logger.overrideLogger(false);

beforeAll(async () => {
  database = await testDatabase();
  source = await database.connect([ScheduledTaskEntity]);
  rows = new ScheduledTaskRepository(source);
});

beforeEach(async () => {
  clock = MovableClock.frozenAt(START);
  await source.query('DELETE FROM scheduled_tasks');
});

afterAll(async () => {
  await database.close();
});

/** Runs that end when the test says so. */
function held() {
  const ends: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  let opened: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const run = async (signal: AbortSignal): Promise<string> => {
    signals.push(signal);
    opened();
    await new Promise<void>((resolve) => {
      ends.push(resolve);
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    return 'held';
  };
  const end = (index: number): void => {
    ends[index]?.();
  };
  return { run, begun, end, signals };
}

describe('several processes on one database', () => {
  it('do the work of each tick once', async () => {
    let runs = 0;
    const all = await Process.several(10, async () => Promise.resolve(`run ${++runs}`));
    for (let tick = 1; tick <= 3; tick++) {
      await Promise.all(all.map(async ({ runner }) => runner.tick()));
      expect(runs).toBe(tick);
      await Promise.all(all.map(async ({ runner }) => runner.tick()));
      expect(runs).toBe(tick);
      clock.advance(EVERY_MS);
    }
    expect(await rows.get('test')).toMatchObject({ fence: 3, owner: null, leaseUntil: null, lastResult: 'run 3' });
  });

  it('leave a task alone that one of them works on, however late it is', async () => {
    const { run, begun, end } = held();
    const [one, other] = await Process.several(2, run);
    const working = one?.runner.tick();
    await begun;
    clock.advance(EVERY_MS * 3);
    await other?.runner.tick();
    expect(await rows.get('test')).toMatchObject({ fence: 1 });
    end(0);
    await working;
    expect(await rows.get('test')).toMatchObject({
      lastResult: 'held',
      nextRunAt: new Date(START.getTime() + EVERY_MS),
    });
  });

  it('take over from a process that died, and its late result changes nothing', async () => {
    const dead = held();
    const [lost] = await Process.several(1, dead.run);
    const late = lost?.runner.tick();
    await dead.begun;
    const [next] = await Process.several(1, async () => Promise.resolve('taken over'));
    clock.advance(LEASE_MS - 1);
    await next?.runner.tick();
    expect(await rows.get('test')).toMatchObject({ fence: 1, lastResult: null });
    clock.advance(1);
    await next?.runner.tick();
    const after = await rows.get('test');
    expect(after).toMatchObject({ fence: 2, owner: null, lastResult: 'taken over' });
    dead.end(0);
    await late;
    expect(await rows.get('test')).toEqual(after);
  });

  it('write a result later that the database did not take, and go on at once', async () => {
    const runs: string[] = [];
    const [one] = await Process.several(1, async () => {
      runs.push('run');
      if (runs.length === 1) await source.query('ALTER TABLE scheduled_tasks RENAME TO scheduled_tasks_away');
      return `run ${String(runs.length)}`;
    });
    await one?.runner.tick();
    await expect(one?.runner.tick()).rejects.toThrow();
    await source.query('ALTER TABLE scheduled_tasks_away RENAME TO scheduled_tasks');

    await one?.runner.tick();
    expect(await rows.get('test')).toMatchObject({ owner: null, fence: 1, lastResult: 'run 1' });
    clock.advance(EVERY_MS);
    await one?.runner.tick();
    expect(await rows.get('test')).toMatchObject({ owner: null, fence: 2, lastResult: 'run 2' });
  });

  it('make the row once and keep what operators have set', async () => {
    await Process.several(4, async () => Promise.resolve(''));
    await rows.change(source.manager, 'test', { enabled: false, everyMs: 500 }, clock.now());
    await Process.several(1, async () => Promise.resolve(''));
    expect((await rows.page(10)).data).toMatchObject([{ name: 'test', enabled: false, everyMs: 500 }]);
  });
});

describe('a task', () => {
  it('does not run while it is switched off, but once when somebody asks', async () => {
    let runs = 0;
    const [one, other] = await Process.several(2, async () => Promise.resolve(`run ${++runs}`));
    await rows.change(source.manager, 'test', { enabled: false }, clock.now());
    await one?.runner.tick();
    expect(runs).toBe(0);
    await rows.requestRun(source.manager, 'test', clock.now());
    await rows.requestRun(source.manager, 'test', clock.now());
    await Promise.all([one?.runner.tick(), other?.runner.tick()]);
    await one?.runner.tick();
    expect(runs).toBe(1);
    await rows.change(source.manager, 'test', { enabled: true }, clock.now());
    clock.advance(EVERY_MS);
    await one?.runner.tick();
    expect(runs).toBe(2);
  });

  it('runs again after its run when somebody asks during it', async () => {
    const { run, begun, end, signals } = held();
    const [one] = await Process.several(1, async (signal) =>
      signals.length === 0 ? run(signal) : Promise.resolve('again'),
    );
    const first = one?.runner.tick();
    await begun;
    await rows.requestRun(source.manager, 'test', clock.now());
    end(0);
    await first;
    await one?.runner.tick();
    await one?.runner.tick();
    expect(await rows.get('test')).toMatchObject({ fence: 2, runRequestedAt: null, lastResult: 'again' });
  });

  it('counts a shorter interval from now on', async () => {
    let runs = 0;
    const [one] = await Process.several(1, async () => Promise.resolve(`run ${++runs}`));
    await one?.runner.tick();
    await rows.change(source.manager, 'test', { everyMs: 1_000 }, clock.now());
    clock.advance(999);
    await one?.runner.tick();
    expect(runs).toBe(1);
    clock.advance(1);
    await one?.runner.tick();
    expect(runs).toBe(2);
  });

  it('that fails is recorded without foreign text and runs at its next time', async () => {
    let fails = true;
    const [one] = await Process.several(1, async () =>
      fails ? Promise.reject(new Error('secret of a bank')) : Promise.resolve('fine'),
    );
    await one?.runner.tick();
    expect(await rows.get('test')).toMatchObject({ lastError: 'Error', lastResult: null, owner: null });
    expect(await registry.metrics()).toContain('mooring_task_runs_total{task="test",outcome="failed"} 1');
    fails = false;
    await one?.runner.tick();
    expect((await rows.get('test')).lastError).toBe('Error');
    clock.advance(EVERY_MS);
    await one?.runner.tick();
    expect(await rows.get('test')).toMatchObject({ lastError: null, lastResult: 'fine' });
    expect(await registry.metrics()).toContain('mooring_task_duration_seconds_count{task="test"} 2');
  });

  it('holds up no other one', async () => {
    const slow = held();
    const done: string[] = [];
    const { runner } = new Process(slow.run, ['slow']);
    await runner.onApplicationBootstrap();
    const quick = new Process(async () => Promise.resolve(String(done.push('quick'))), ['quick', 'slow']);
    await quick.runner.onApplicationBootstrap();
    const working = runner.tick();
    await slow.begun;
    await quick.runner.tick();
    expect(done).toEqual(['quick']);
    slow.end(0);
    await working;
  });

  it('that was taken while the process stops is given back', async () => {
    let runs = 0;
    const [one, other] = await Process.several(2, async () => Promise.resolve(`run ${++runs}`));
    const taking = one?.runner.tick();
    await one?.runner.beforeApplicationShutdown();
    await taking;
    expect(runs).toBe(0);
    await other?.runner.tick();
    expect(runs).toBe(1);
  });

  it('is told when the process stops, which waits for it and begins nothing more', async () => {
    const { run, begun, signals } = held();
    const [one] = await Process.several(1, run);
    const working = one?.runner.tick();
    await begun;
    await one?.runner.beforeApplicationShutdown();
    await working;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    clock.advance(EVERY_MS);
    await one?.runner.tick();
    expect(signals).toHaveLength(1);
  });
});

it('a name stands for one task', () => {
  const tasks = new TaskRegistry();
  const task = { name: 'a', everyMs: 1, leaseMs: 1, run: async () => Promise.resolve('') };
  tasks.add(task);
  expect(() => {
    tasks.add(task);
  }).toThrow(RangeError);
});
