import type { DataSource } from 'typeorm';

import { DatabaseClock } from '../../src/platform/health/database-clock.js';
import { SystemClock } from '../../src/platform/time/clock.js';
import { member } from '../../src/sandbox/rest-client.js';
import { startApp, type RunningApp } from '../factories/app.factory.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';

const AHEAD_MS = 60_000;

class WrongClock extends SystemClock {
  override now(): Date {
    return new Date(super.now().getTime() + AHEAD_MS);
  }
}

describe('the clocks of a process and its database', () => {
  describe('that are asked', () => {
    let database: TestDatabase;
    let source: DataSource;

    beforeAll(async () => {
      database = await testDatabase();
      source = await database.connect([]);
    });

    afterAll(async () => {
      await database.close();
    });

    it('agree within the bound that Mooring asks for', async () => {
      let asked = 0;
      const { at, roundTripMs } = await new DatabaseClock(source).read(() => (asked = Date.now()));
      expect(roundTripMs).toBeGreaterThan(0);
      expect(Math.abs(at.getTime() - asked)).toBeLessThan(2_000 + roundTripMs);
    });

    it('are not compared before there is a connection', async () => {
      const held = Array.from({ length: source.options.poolSize ?? 0 }, () => source.createQueryRunner());
      for (const runner of held) await runner.connect();
      let released = false;
      const order: boolean[] = [];
      const reading = new DatabaseClock(source).read(() => order.push(released));
      await held[0]?.query('SELECT 1');
      released = true;
      for (const runner of held) await runner.release();
      await reading;
      expect(order).toEqual([true]);
    });
  });

  describe('that are a minute apart', () => {
    let app: RunningApp;

    beforeAll(async () => {
      app = await startApp({ clock: new WrongClock() });
    });

    afterAll(async () => {
      await app.close();
    });

    it('leave the process ready, with one warning and a figure', async () => {
      const shown = async () => {
        const text = await (await fetch(`${app.baseUrl}/metrics`)).text();
        return Number(/^mooring_clock_skew_seconds (\S+)$/m.exec(text)?.[1]);
      };
      let seconds = await shown();
      while (Number.isNaN(seconds)) seconds = await shown();
      expect(Math.abs(seconds - AHEAD_MS / 1000)).toBeLessThan(2);
      const ready = await fetch(`${app.baseUrl}/readyz`);
      expect([ready.status, member(await ready.json(), 'status')]).toEqual([200, 'ok']);
      expect(app.logs().filter(({ context }) => context === 'ClockSkew')).toHaveLength(1);
    });
  });
});
