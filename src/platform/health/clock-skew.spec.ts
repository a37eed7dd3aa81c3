import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';

import { MovableClock, SystemClock } from '../time/clock.js';
import { ClockSkew } from './clock-skew.js';
import { DatabaseClock, type ClockReading } from './database-clock.js';

const NOON = new Date('2026-11-20T12:00:00.000Z');
const MINUTE_MS = 60_000;

/** The machine's clock of another machine. */
class ClockOfMachine extends SystemClock {
  aheadMs = 0;

  override now(): Date {
    return new Date(NOON.getTime() + this.aheadMs);
  }
}

class DatabaseClockFake extends DatabaseClock {
  roundTripMs = 0;
  away = false;
  asked = 0;

  constructor() {
    super(new DataSource({ type: 'postgres' }));
  }

  override async read(asked: () => void): Promise<ClockReading> {
    this.asked += 1;
    if (this.away) throw new Error('no database');
    asked();
    return Promise.resolve({ at: NOON, roundTripMs: this.roundTripMs });
  }
}

describe('the clock of this process', () => {
  let ours: ClockOfMachine;
  let theirs: DatabaseClockFake;
  let registry: Registry;
  let skew: ClockSkew;
  let warnings: unknown[];

  beforeEach(() => {
    jest.useFakeTimers();
    warnings = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void warnings.push(line));
    ours = new ClockOfMachine();
    theirs = new DatabaseClockFake();
    registry = new Registry();
    skew = new ClockSkew(theirs, ours, registry);
  });

  afterEach(async () => {
    await skew.beforeApplicationShutdown();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const shown = async () => (await registry.getSingleMetric('mooring_clock_skew_seconds')?.get())?.values[0]?.value;
  const pass = async (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
  const start = async (): Promise<void> => {
    skew.onApplicationBootstrap();
    await pass(0);
  };

  it.each([
    [0, 0, 0],
    [2_000, 0, 2],
    [-2_000, 0, -2],
    [0, 300, 0.15],
  ])('that is ahead by %i ms, with a round trip of %i ms, is shown and fine', async (ahead, roundTrip, expected) => {
    [ours.aheadMs, theirs.roundTripMs] = [ahead, roundTrip];
    await start();
    expect(await shown()).toBe(expected);
    expect(warnings).toEqual([]);
  });

  it.each([2_001, -2_001])('that is ahead by %i ms is warned of', async (ahead) => {
    ours.aheadMs = ahead;
    await start();
    expect(warnings).toEqual([expect.objectContaining({ aheadSeconds: ahead / 1000 })]);
  });

  it('is not blamed for a slow answer', async () => {
    [ours.aheadMs, theirs.roundTripMs] = [-1_000, 30_000];
    await start();
    expect(await shown()).toBe(14);
    expect(warnings).toEqual([]);
  });

  it('is compared at the start and every minute, and warned of once for each time that it goes wrong', async () => {
    await start();
    for (const [ahead, asked, said] of [
      [5_000, 2, 1],
      [6_000, 3, 1],
      [0, 4, 1],
      [5_000, 5, 2],
    ] as const) {
      ours.aheadMs = ahead;
      await pass(MINUTE_MS);
      expect([await shown(), theirs.asked, warnings.length]).toEqual([ahead / 1000, asked, said]);
    }
    await skew.beforeApplicationShutdown();
    await pass(MINUTE_MS);
    expect(theirs.asked).toBe(5);
  });

  it('is not known before the start and while the database is away, without a word', async () => {
    expect(await shown()).toBeNaN();
    theirs.away = true;
    await start();
    expect([await shown(), warnings]).toEqual([Number.NaN, []]);
    theirs.away = false;
    await pass(MINUTE_MS);
    expect(await shown()).toBe(0);
  });

  it('is not compared when it is moved by hand', async () => {
    skew = new ClockSkew(theirs, MovableClock.frozenAt(NOON), new Registry());
    await start();
    expect(theirs.asked).toBe(0);
  });
});
