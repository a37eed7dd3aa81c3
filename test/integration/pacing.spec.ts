import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';

import { PacingConfig, type ProviderLimits } from '../../src/config/slices.js';
import type { PacePermit } from '../../src/platform/http/outgoing-pace.js';
import { DatabasePace } from '../../src/platform/pacing/database-pace.js';
import { PaceRepository } from '../../src/platform/pacing/pace.repository.js';
import { ProviderPace } from '../../src/platform/pacing/provider-pace.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';

const PROVIDER = 'tink';

class CountingRows extends PaceRepository {
  permitCalls = 0;
  placeCalls = 0;
  reads = 0;

  override async states(): ReturnType<PaceRepository['states']> {
    this.reads += 1;
    return super.states();
  }

  override async reservePermits(...claim: Parameters<PaceRepository['reservePermits']>): Promise<Date | null> {
    this.permitCalls += 1;
    return super.reservePermits(...claim);
  }

  override async claimPlaces(
    ...claim: Parameters<PaceRepository['claimPlaces']>
  ): ReturnType<PaceRepository['claimPlaces']> {
    this.placeCalls += 1;
    return super.claimPlaces(...claim);
  }
}

describe('the pace of a provider', () => {
  let database: TestDatabase;
  let source: DataSource;
  let clock: MovableClock;
  let opened: DatabasePace[];

  beforeAll(async () => {
    database = await testDatabase();
    source = await database.connect([]);
    // Pauses are logged, and this file makes many.
    Logger.overrideLogger(['fatal', 'error']);
  });

  beforeEach(async () => {
    clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z'));
    opened = [];
    await source.query('TRUNCATE provider_pace, provider_places');
  });

  afterEach(async () => {
    await Promise.all(opened.map(async (pace) => pace.onApplicationShutdown()));
  });

  afterAll(async () => {
    await database.close();
  });

  function process(limits: Partial<ProviderLimits> = {}) {
    const rows = new CountingRows(source);
    const pace = new ProviderPace(rows, clock);
    const config = new PacingConfig({ [PROVIDER]: { requestsPerSecond: null, concurrency: null, ...limits } });
    const outgoing = new DatabasePace(config, rows, pace, clock);
    opened.push(outgoing);
    return { rows, pace, outgoing };
  }

  const enter = async (
    { outgoing }: { outgoing: DatabasePace },
    timeLeftMs = 5_000,
    signal = AbortSignal.timeout(timeLeftMs),
    attended = false,
  ) => outgoing.enter({ provider: PROVIDER, signal, timeLeftMs, attended });

  async function permit(from: { outgoing: DatabasePace }): Promise<PacePermit> {
    const answer = await enter(from);
    if (answer.kind !== 'go') throw new Error(`Refused: ${answer.kind}`);
    return answer.permit;
  }

  it('without limits costs one reading a second, however many calls', async () => {
    const one = process();
    for (let call = 0; call < 50; call++) (await permit(one)).release(true);
    expect([one.rows.reads, one.rows.permitCalls, one.rows.placeCalls]).toEqual([1, 0, 0]);
    clock.advance(1_000);
    for (let call = 0; call < 50; call++) (await permit(one)).release(true);
    expect(one.rows.reads).toBe(2);
    expect(await source.query('SELECT 1 FROM provider_pace')).toEqual([]);
  });

  describe('that asked for quiet', () => {
    const until = new Date('2026-11-20T10:00:30Z');

    it('is left alone by every process within a second, and called again when the time is over', async () => {
      const [one, other] = [process(), process()];
      (await permit(other)).release(true);
      one.outgoing.askedForQuiet(PROVIDER, until, 429);
      expect(await enter(one)).toEqual({ kind: 'paused', until });
      await written();
      clock.advance(3_000);
      expect(await enter(other)).toEqual({ kind: 'paused', until });
      expect([await one.pace.isPaused(PROVIDER), await other.pace.isPaused(PROVIDER)]).toEqual([true, true]);
      expect(await enter({ outgoing: process().outgoing })).toEqual({ kind: 'paused', until });
      clock.advance(27_000);
      expect((await enter(one)).kind).toBe('go');
      expect((await enter(other)).kind).toBe('go');
    });

    it('is not called earlier because a second answer asks for less', async () => {
      const one = process();
      one.outgoing.askedForQuiet(PROVIDER, until, 429);
      one.outgoing.askedForQuiet(PROVIDER, new Date(until.getTime() - 20_000), 429);
      await written();
      expect(await enter(process())).toEqual({ kind: 'paused', until });
    });

    it('is believed for five minutes when it was only unavailable', async () => {
      const one = process();
      one.outgoing.askedForQuiet(PROVIDER, new Date('2026-11-21T10:00:00Z'), 503);
      expect(await enter(one)).toEqual({ kind: 'paused', until: new Date('2026-11-20T10:05:00Z') });
      await written();
    });

    async function written(): Promise<void> {
      for (let look = 0; look < 200; look++) {
        const rows = await source.query<object[]>('SELECT 1 FROM provider_pace WHERE paused_until IS NOT NULL');
        if (rows.length > 0) return;
      }
      throw new Error('The pause was not written.');
    }
  });

  it('that an operator switched off is not called by anybody, until it is switched on', async () => {
    const [one, other] = [process(), process()];
    (await permit(other)).release(true);
    await one.pace.setEnabled(PROVIDER, false, source.manager);
    one.pace.forget();
    expect(await enter(one)).toEqual({ kind: 'off' });
    clock.advance(3_000);
    expect(await enter(other)).toEqual({ kind: 'off' });
    await one.pace.setEnabled(PROVIDER, true, source.manager);
    one.pace.forget();
    clock.advance(3_000);
    expect([(await enter(one)).kind, (await enter(other)).kind]).toEqual(['go', 'go']);
  });

  describe('with so many requests a second', () => {
    it('gives every permit a time of its own, over all processes, and few statements', async () => {
      const processes = [process({ requestsPerSecond: 1000 }), process({ requestsPerSecond: 1000 })];
      const calls = processes.flatMap((one) => Array.from({ length: 60 }, async () => permit(one)));
      const permits = await Promise.all(calls);
      expect(permits).toHaveLength(120);
      const [row] = await source.query<{ ahead: number }[]>(
        `SELECT extract(epoch FROM next_free_at - $1::timestamptz)::float8 * 1000 AS ahead FROM provider_pace`,
        [clock.now()],
      );
      expect(row?.ahead).toBeGreaterThanOrEqual(120);
      expect(processes.reduce((sum, { rows }) => sum + rows.permitCalls, 0)).toBeLessThan(20);
    });

    it('tells at once when the time would not suffice', async () => {
      const one = process({ requestsPerSecond: 1 });
      expect((await enter(one)).kind).toBe('go');
      expect(await enter(one, 500)).toEqual({ kind: 'paused', until: new Date('2026-11-20T10:00:01.000Z') });
    });

    it('gives a permit that was not used to the next call', async () => {
      const one = process({ requestsPerSecond: 1 });
      for (let call = 0; call < 5; call++) (await permit(one)).release(false);
      expect(one.rows.permitCalls).toBe(1);
    });

    it('does not wait longer than its caller', async () => {
      const one = process({ requestsPerSecond: 1 });
      await permit(one);
      const caller = new AbortController();
      const waiting = enter(one, 5_000, caller.signal);
      caller.abort();
      expect((await waiting).kind).toBe('stopped');
    });
  });

  describe('with so many calls at once', () => {
    it('never has more, over all processes, and serves everybody', async () => {
      const processes = [process({ concurrency: 5 }), process({ concurrency: 5 }), process({ concurrency: 5 })];
      let running = 0;
      let most = 0;
      const served = await Promise.all(
        processes.flatMap((one) =>
          Array.from({ length: 8 }, async () => {
            const place = await permit(one);
            most = Math.max(most, ++running);
            await source.query('SELECT 1');
            running -= 1;
            place.release(true);
            return true;
          }),
        ),
      );
      expect(served).toHaveLength(24);
      // A fifth stays free for calls that somebody waits for.
      expect(most).toBeLessThanOrEqual(4);
      expect(most).toBeGreaterThan(1);
    });

    it('keeps a place for a call that somebody waits for', async () => {
      const one = process({ concurrency: 5 });
      await Promise.all(Array.from({ length: 4 }, async () => permit(one)));
      expect((await enter(one, 50)).kind).toBe('stopped');
      expect((await enter(one, 5_000, undefined, true)).kind).toBe('go');
    });

    it('gets the places of a dead process back when their lease ends', async () => {
      const [dead, alive] = [process({ concurrency: 1 }), process({ concurrency: 1 })];
      const leaseUntil = new Date(clock.now().getTime() + 10_000);
      const claim = { limit: 1, attended: false, wanted: 1, running: 1, now: clock.now(), leaseUntil };
      await dead.rows.claimPlaces({ provider: PROVIDER, process: 'dead', ...claim });
      expect((await enter(alive, 50)).kind).toBe('stopped');
      clock.advance(10_000);
      expect((await enter(alive)).kind).toBe('go');
    });

    it('needs no statement for a call while its places suffice', async () => {
      const one = process({ concurrency: 5 });
      for (let call = 0; call < 40; call++) (await permit(one)).release(true);
      expect(one.rows.placeCalls).toBeLessThan(10);
    });

    it('gives its places back when it stops', async () => {
      const one = process({ concurrency: 5 });
      (await permit(one)).release(true);
      await one.outgoing.onApplicationShutdown();
      expect(await source.query('SELECT 1 FROM provider_places')).toEqual([]);
    });
  });
});
