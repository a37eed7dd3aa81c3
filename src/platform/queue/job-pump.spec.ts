import { jest } from '@jest/globals';

import type { ClaimedJob, FailureNote, JobAttempt, JobSource } from './job-source.js';
import { JobPump, type PumpObserver } from './job-pump.js';

/** A queue in memory that can be away. */
class SourceFake implements JobSource {
  readonly waiting: ClaimedJob[] = [];
  readonly done: string[] = [];
  readonly notes: string[] = [];
  fetches = 0;
  away = false;

  push(...ids: string[]): void {
    for (const id of ids) this.waiting.push({ id, retryCount: 0, data: { id }, expireInSeconds: 5 });
  }

  async fetch(most: number): Promise<ClaimedJob[]> {
    this.fetches += 1;
    this.answer();
    return Promise.resolve(this.waiting.splice(0, most));
  }

  async complete(attempts: readonly JobAttempt[]): Promise<void> {
    this.answer();
    await Promise.resolve(this.done.push(...attempts.map(({ id }) => id)));
  }

  async fail({ id }: JobAttempt, { message }: FailureNote): Promise<void> {
    this.answer();
    await Promise.resolve(this.notes.push(`${id}: ${message}`));
  }

  private answer(): void {
    if (this.away) throw new Error('away');
  }
}

interface World {
  readonly source: SourceFake;
  readonly pump: JobPump;
  readonly told: string[];
}

type Handler = (id: string, signal: AbortSignal) => Promise<void>;

function world(handler: Handler, places = 2, ahead = 0, atMost = (): number => Infinity): World {
  const source = new SourceFake();
  const told: string[] = [];
  const observer: PumpObserver = {
    ended: () => undefined,
    failed: () => void told.push('failed'),
    worked: () => void told.push('worked'),
  };
  const run = async (data: object, signal: AbortSignal) => handler((data as { id: string }).id, signal);
  return {
    source,
    told,
    pump: new JobPump({ name: 'test', places, ahead, atMost, idleMs: 500 }, source, run, observer),
  };
}

const quick = async (): Promise<void> => Promise.resolve();
const pass = async (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('a pump', () => {
  it('works without a pause while there is work, then looks twice a second', async () => {
    const { source, pump } = world(quick, 3);
    source.push(...Array.from({ length: 20 }, (_each, n) => String(n)));
    pump.start();
    await pass(100);
    expect(source.done).toHaveLength(20);
    const busy = source.fetches;
    await pass(5_000);
    expect(source.fetches - busy).toBe(10);
    await pump.stop(0);
  });

  it('is woken from its rest', async () => {
    const { source, pump } = world(quick);
    pump.start();
    await pass(10);
    source.push('a');
    pump.wake();
    await pass(30);
    expect(source.done).toEqual(['a']);
    await pump.stop(0);
  });

  it('outlives an outage and settles then what ended in it, once', async () => {
    let end: () => void = () => undefined;
    const { source, pump, told } = world(async () => new Promise((resolve) => (end = resolve)));
    source.push('a');
    pump.start();
    await pass(10);
    source.away = true;
    end();
    await pass(4_000);
    expect(source.done).toEqual([]);
    expect(source.fetches).toBeLessThan(8);
    source.away = false;
    await pass(2_000);
    expect(source.done).toEqual(['a']);
    expect(told.at(-1)).toBe('worked');
    await pump.stop(0);
  });

  it('fails a job whose time is over, and fills its place', async () => {
    const signals: AbortSignal[] = [];
    const { source, pump } = world(async (id, signal) => {
      signals.push(signal);
      return id === 'hangs' ? new Promise(() => undefined) : Promise.resolve();
    }, 1);
    source.push('hangs', 'next');
    pump.start();
    await pass(4_900);
    expect(source.done).toEqual([]);
    await pass(200);
    expect(source.notes).toEqual(['hangs: RangeError: The time of the job is over.']);
    expect(source.done).toEqual(['next']);
    expect(signals[0]?.aborted).toBe(true);
    await pump.stop(0);
  });

  it('does not wait for ever for a job that ignores the stop', async () => {
    const { source, pump } = world(async () => new Promise(() => undefined));
    source.push('a');
    pump.start();
    await pass(10);
    const stopped = pump.stop(1_000);
    await pass(3_000);
    await stopped;
    expect(source.notes).toEqual(['a: The process stopped.']);
  });

  it('keeps a job at hand for the next free place, and no more', async () => {
    const ends: (() => void)[] = [];
    const { source, pump } = world(async () => new Promise((resolve) => ends.push(resolve)), 2, 1);
    source.push('a', 'b', 'c', 'd');
    pump.start();
    await pass(10);
    expect([ends.length, source.waiting.length]).toEqual([2, 1]);
    source.away = true;
    ends[0]?.();
    await pass(1);
    expect(ends).toHaveLength(3);
    source.away = false;
    await pass(2_000);
    for (const end of ends) end();
    await pass(100);
    ends.at(-1)?.();
    await pump.stop(1_000);
    expect(source.done.sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('claims no more than it is told to have, and asks again', async () => {
    let most = 0;
    const ends: (() => void)[] = [];
    const { source, pump } = world(
      async () => new Promise((resolve) => ends.push(resolve)),
      2,
      1,
      () => most,
    );
    source.push('a', 'b', 'c', 'd', 'e');
    pump.start();
    await pass(5_000);
    expect([source.fetches, ends.length]).toEqual([0, 0]);
    most = 1;
    await pass(600);
    expect([source.waiting.length, ends.length]).toEqual([4, 1]);
    most = 0;
    ends[0]?.();
    await pass(1_000);
    expect([source.waiting.length, ends.length]).toEqual([4, 1]);
    most = Infinity;
    pump.wake();
    await pass(20);
    expect([source.waiting.length, ends.length]).toEqual([1, 3]);
    await Promise.all([pump.stop(0), pass(5_000)]);
  });

  it('does what it has at hand before it stops, and gives back what it cannot', async () => {
    const ends = new Map<string, () => void>();
    const { source, pump } = world(async (id) => new Promise((resolve) => ends.set(id, resolve)), 1, 2);
    source.push('a', 'b', 'c');
    pump.start();
    await pass(10);
    const stopped = pump.stop(1_000);
    await pass(10);
    ends.get('a')?.();
    await pass(5_000);
    await stopped;
    expect(source.done).toEqual(['a']);
    expect(source.notes).toEqual(['b: The process stopped.', 'c: The process stopped.']);
  });

  it('takes nothing after the stop', async () => {
    const { source, pump } = world(quick);
    pump.start();
    await pass(10);
    await pump.stop(0);
    source.push('a');
    pump.wake();
    await pass(2_000);
    expect(source.waiting).toHaveLength(1);
  });

  it('fails a handler that throws at once', async () => {
    const { source, pump } = world(() => {
      throw new TypeError('at once');
    });
    source.push('a', 'b');
    expect(await pump.workOff()).toEqual({ done: 0, failed: 2 });
    expect(source.notes).toEqual(['a: TypeError: at once', 'b: TypeError: at once']);
  });
});
