import { AnnounceClocks } from '../../src/announcements/announce-clocks.js';
import { UntoldRepository } from '../../src/announcements/persistence/untold.repository.js';
import { ConnectionView } from '../../src/connections/connection-view.js';
import { FRESHNESS_MS, RENEWAL_WINDOW_MS } from '../../src/connections/domain/clocks.js';
import { ProviderAccess } from '../../src/providers/registry/provider-access.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { UuidIds } from '../../src/platform/ids/ids.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { member } from '../../src/sandbox/rest-client.js';
import { Outbox, type OutgoingEvent } from '../../src/webhooks/outbound/outbox.js';
import { OutboxRepository } from '../../src/webhooks/outbound/persistence/outbox.repository.js';
import { field } from '../factories/field.factory.js';
import { at, NOON } from '../factories/connection.factory.js';
import { observed } from '../factories/observation.factory.js';
import { JobQueueFake } from '../fakes/job-queue.fake.js';
import { ConnectionStore, TESTER } from './connection-store.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const { signal } = new AbortController();

interface Sent {
  readonly type: string;
  readonly connection_id: string;
  readonly data: { readonly connection: object };
}

describe('what clocks say by themselves', () => {
  let store: ConnectionStore;
  let outbox: OutboxRepository;
  let announce: AnnounceClocks;
  let clock: MovableClock;

  const over = (to: Outbox) =>
    new AnnounceClocks(
      store.source,
      new UntoldRepository(),
      store.connections,
      new ConnectionView(new ProviderAccess(store.registry), clock),
      to,
      clock,
    );

  beforeAll(async () => {
    store = await ConnectionStore.open();
    outbox = new OutboxRepository(new UuidIds(), store.clock, new JobQueueFake());
  });

  beforeEach(async () => {
    clock = MovableClock.frozenAt(NOON);
    announce = over(outbox);
    await store.query('DELETE FROM outgoing_events');
    await store.query(`UPDATE connections SET deleted_at = now() WHERE deleted_at IS NULL`);
  });

  afterAll(async () => {
    await store.close();
  });

  const sent = () => store.query<Sent>('SELECT type, connection_id, data FROM outgoing_events ORDER BY seq');
  const kinds = async () => (await sent()).map(({ type }) => type.replace('connection.', ''));
  const none = { data_stale: 0, consent_expiring: 0, consent_ended: 0 };

  describe('old data', () => {
    it.each([
      ['exactly 36 hours old', -FRESHNESS_MS, 0],
      ['a moment older', -FRESHNESS_MS - 1, 1],
    ])('%s', async (_what, age, stale) => {
      await store.add({ dataAsOf: at(age) });
      expect(await announce.run(signal)).toEqual({ ...none, data_stale: stale });
    });

    it('is told once for its date, and again once newer data is old too', async () => {
      const { id, userId } = await store.add({ dataAsOf: at(-FRESHNESS_MS - 1) });
      await announce.run(signal);
      clock.advance(DAY);
      expect(await announce.run(signal)).toEqual(none);
      expect(await sent()).toMatchObject([
        {
          type: 'connection.data_stale',
          connection_id: id,
          data: { connection: { id, userId, data: { status: 'stale', asOf: at(-FRESHNESS_MS - 1).toISOString() } } },
        },
      ]);

      await store.lifecycle.apply(id, observed('active', { dataAsOf: at(DAY) }), TESTER);
      expect(await announce.run(signal)).toEqual(none);
      clock.advance(FRESHNESS_MS + 1);
      expect(await announce.run(signal)).toEqual({ ...none, data_stale: 1 });
      expect(await kinds()).toEqual(['data_stale', 'data_stale']);
    });

    it('counts from the creation where there never was any', async () => {
      const { id } = await store.add({ state: 'pending', dataAsOf: null, createdAt: at(-FRESHNESS_MS) });
      expect(await announce.run(signal)).toEqual(none);
      clock.advance(1);
      expect(await announce.run(signal)).toEqual({ ...none, data_stale: 1 });
      expect(member((await sent())[0], 'data', 'connection', 'data', 'status')).toBe('never');

      await store.lifecycle.apply(id, observed('active', { dataAsOf: at(1) }), TESTER);
      clock.advance(FRESHNESS_MS + 1);
      expect(await announce.run(signal)).toEqual({ ...none, data_stale: 1 });
    });

    it('is told in every state but those of a deletion', async () => {
      const dataAsOf = at(-3 * DAY);
      for (const state of ['retrying', 'reauth_required', 'blocked', 'failed', 'syncing'] as const) {
        await store.add({ state, dataAsOf });
      }
      await store.add({ state: 'active', syncPausedAt: NOON, dataAsOf });
      await store.add({ state: 'deleting', dataAsOf });
      const gone = await store.add({ dataAsOf });
      await store.lifecycle.apply(gone.id, { state: 'deleting' }, TESTER);
      await store.lifecycle.apply(gone.id, observed('deleted'), TESTER);
      expect(await announce.run(signal)).toEqual({ ...none, data_stale: 6 });
    });

    it('carries no address of the bank and no value that a question shows', async () => {
      const fields = [field({ label: 'SECRET-LABEL', value: 'SECRET-VALUE' })];
      const challenge = { kind: 'submit_information', expiresAt: null, fields } as const;
      await store.add({ state: 'awaiting_user', dataAsOf: at(-3 * DAY), challenge });
      await store.add({
        state: 'awaiting_user',
        dataAsOf: at(-3 * DAY),
        challenge: { kind: 'follow_redirect', expiresAt: null, url: 'https://bank.example/SECRET-URL' },
        credentialId: new Opened('SECRET-ID'),
      });
      await announce.run(signal);
      const text = JSON.stringify(await sent());
      expect(text).toContain('awaiting_user');
      expect(text).not.toContain('SECRET');
    });
  });

  describe('a consent', () => {
    const fresh = { dataAsOf: at(30 * DAY) };

    it.each([
      ['a moment before it can be renewed', RENEWAL_WINDOW_MS + 1, none],
      ['as soon as it can be renewed', RENEWAL_WINDOW_MS, { ...none, consent_expiring: 1 }],
      ['a moment before its end', 1, { ...none, consent_expiring: 1 }],
      ['at its end', 0, { ...none, consent_ended: 1 }],
    ])('%s', async (_when, left, announced) => {
      await store.add({ ...fresh, consentExpiresAt: at(left) });
      expect(await announce.run(signal)).toEqual(announced);
      expect(await announce.run(signal)).toEqual(none);
    });

    it('is told when it can be renewed, and when it has ended unseen', async () => {
      const { id } = await store.add({ ...fresh, consentExpiresAt: at(RENEWAL_WINDOW_MS) });
      await announce.run(signal);
      clock.advance(RENEWAL_WINDOW_MS - 1);
      expect(await announce.run(signal)).toEqual(none);
      clock.advance(1);
      expect(await announce.run(signal)).toEqual({ ...none, consent_ended: 1 });
      clock.advance(DAY);
      await announce.run(signal);
      const events = await sent();
      expect(events.map(({ type, connection_id }) => [type, connection_id])).toEqual([
        ['connection.consent_expiring', id],
        ['connection.consent_expiring', id],
      ]);
      const status = events.map((event) => member(event, 'data', 'connection', 'consent', 'status'));
      expect(status).toEqual(['expiring', 'expired']);
    });

    it('is told of its end once only when nobody looked before', async () => {
      await store.add({ ...fresh, consentExpiresAt: at(-DAY) });
      expect(await announce.run(signal)).toEqual({ ...none, consent_ended: 1 });
      expect(await announce.run(signal)).toEqual(none);
    });

    it('that was renewed is told again for its new date', async () => {
      const { id } = await store.add({ ...fresh, consentExpiresAt: at(DAY) });
      await announce.run(signal);
      const renewed = observed('active', { consentExpiresAt: at(90 * DAY) });
      await store.lifecycle.apply(id, renewed, TESTER);
      clock.advance(83 * DAY - 1);
      expect(await announce.run(signal)).toMatchObject({ consent_expiring: 0, consent_ended: 0 });
      clock.advance(1);
      expect(await announce.run(signal)).toMatchObject({ consent_expiring: 1, consent_ended: 0 });
    });

    it('is not told where the user was asked for more already, and is once that is over', async () => {
      const { id } = await store.add({ ...fresh, state: 'reauth_required', consentExpiresAt: at(DAY) });
      for (const state of ['blocked', 'failed', 'deleting', 'awaiting_user'] as const) {
        await store.add({ ...fresh, state, consentExpiresAt: at(DAY) });
      }
      expect(await announce.run(signal)).toEqual(none);
      await store.lifecycle.apply(id, observed('active'), TESTER);
      expect(await announce.run(signal)).toEqual({ ...none, consent_expiring: 1 });
    });
  });

  describe('any number of processes', () => {
    it('tell everything once between them, in batches', async () => {
      for (let count = 0; count < 120; count += 1) await store.add({ dataAsOf: at(-3 * DAY - count) });
      const runs = await Promise.all([announce.run(signal), over(outbox).run(signal), over(outbox).run(signal)]);
      let told = runs.reduce((sum, run) => sum + run.data_stale, 0);
      // A process that found all rows locked leaves them to the next run.
      told += (await announce.run(signal)).data_stale;
      expect(told).toBe(120);
      expect(new Set((await sent()).map((event) => event.connection_id)).size).toBe(120);
      expect(await kinds()).toHaveLength(120);
    });

    it('lose no event and no mark without the other', async () => {
      await store.add({ dataAsOf: at(-3 * DAY) });
      await store.add({ dataAsOf: at(-4 * DAY) });
      const failing = new (class extends Outbox {
        private added = 0;
        override async add(manager: Parameters<Outbox['add']>[0], event: OutgoingEvent): Promise<void> {
          await outbox.add(manager, event);
          if (++this.added === 2) throw new Error('the process died here');
        }
      })();
      await expect(over(failing).run(signal)).rejects.toThrow('the process died here');
      expect(await sent()).toEqual([]);
      expect(await announce.run(signal)).toEqual({ ...none, data_stale: 2 });
    });

    it('do nothing more once they are told to stop', async () => {
      await store.add({ dataAsOf: at(-3 * DAY) });
      expect(await announce.run(AbortSignal.abort())).toEqual(none);
      expect(await sent()).toEqual([]);
    });

    it('change neither the version nor the times of a connection, so that no reading is overtaken', async () => {
      const { id } = await store.add({ dataAsOf: at(-3 * DAY) });
      const before = await store.connections.find(id);
      await announce.run(signal);
      const { version, updatedAt, nextWatchAt } = (await store.connections.find(id)) ?? {};
      expect({ version, updatedAt, nextWatchAt }).toEqual({
        ...{ version: before?.version, updatedAt: before?.updatedAt, nextWatchAt: before?.nextWatchAt },
      });
    });
  });

  it('looks at nothing that was told, or is not due, however many there are', async () => {
    await store.query(
      `INSERT INTO connections (id, user_id, external_user_id, provider, institution_id, institution_name, state, cause,
          state_since, provider_status, data_as_of, consent_expires_at, created_at, updated_at, stale_told_for,
          expiry_told_for, end_told_for)
        SELECT gen_random_uuid(), u.id, 'x', 'tink', 'b', 'B', 'active', 'none', $1, 'UPDATED', d, d, $1, $1, d, d, d
          FROM (SELECT id FROM users LIMIT 1) u, generate_series(1, 5000) g,
               LATERAL (SELECT $1::timestamptz - g * interval '1 minute' - interval '3 days' AS d) dates`,
      [NOON],
    );
    await store.query('ANALYZE connections');
    for (const [condition, index] of [
      [
        `state <> 'deleting' AND stale_told_for IS DISTINCT FROM coalesce(data_as_of, created_at)
          AND coalesce(data_as_of, created_at) <= $1 ORDER BY coalesce(data_as_of, created_at)`,
        'stale_untold',
      ],
      [
        `state IN ('active', 'retrying') AND consent_expires_at IS NOT NULL
          AND end_told_for IS DISTINCT FROM consent_expires_at AND consent_expires_at <= $1
          ORDER BY consent_expires_at`,
        'end_untold',
      ],
    ] as const) {
      const plan = await store.query<Record<string, string>>(
        `EXPLAIN SELECT id FROM connections WHERE deleted_at IS NULL AND ${condition} LIMIT 50 FOR UPDATE SKIP LOCKED`,
        [NOON],
      );
      expect(JSON.stringify(plan)).toContain(`connections_${index}`);
    }
    expect(await announce.run(signal)).toEqual(none);
  });
});
