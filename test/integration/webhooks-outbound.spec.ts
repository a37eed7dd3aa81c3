import { randomUUID } from 'node:crypto';

import { jest } from '@jest/globals';

import type { Scope } from '../../src/access/scope.js';
import { NOON } from '../factories/connection.factory.js';
import { WebhookReceiverFake } from '../fakes/webhook-receiver.fake.js';
import { WebhooksWorld } from './webhooks-outbound-world.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('outgoing events', () => {
  let world: WebhooksWorld;
  let receiver: WebhookReceiverFake;

  beforeAll(async () => {
    world = await WebhooksWorld.open();
  });

  beforeEach(async () => {
    await world.source.query('DELETE FROM webhook_endpoints');
    await world.source.query('DELETE FROM outgoing_events');
    world.jobs.waiting.length = 0;
    receiver = await WebhookReceiverFake.start();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await receiver.close();
  });

  afterAll(async () => {
    await world.close();
  });

  it('are kept for a replay when nobody wants them, and cause no job', async () => {
    await world.add('connection.created', randomUUID());
    expect(world.jobs.waiting).toEqual([]);
    expect(await world.source.query('SELECT type FROM outgoing_events')).toEqual([{ type: 'connection.created' }]);
  });

  it('stand and fall with their cause', async () => {
    const { id } = await world.endpoint(receiver);
    const event = { type: 'user.deleted', userId: randomUUID(), connectionId: null, data: {} } as const;
    await expect(
      world.source.transaction(async (manager) => {
        await world.outbox.add(manager, event);
        throw new Error('the cause fails');
      }),
    ).rejects.toThrow('the cause fails');
    expect(await world.rows(id)).toEqual([]);
    expect(await world.source.query('SELECT * FROM outgoing_events')).toEqual([]);
  });

  it('go only to endpoints that want them: of a type, of a user, enabled, of a client that is not revoked', async () => {
    const [user, other] = [randomUUID(), randomUUID()];
    const all = await world.endpoint(receiver);
    const deleted = await world.endpoint(receiver, { events: ['user.deleted', 'connection.deleted'] });
    const ofUser = await world.endpoint(receiver, { userId: user });
    const off = await world.endpoint(receiver, { enabled: false });
    const revoked = await world.endpoint(receiver);
    await world.source.query('UPDATE clients SET revoked_at = now() WHERE id = $1', [revoked.owner.clientId]);

    await world.add('connection.created', randomUUID(), user);
    await world.add('connection.deleted', randomUUID(), other);
    await world.add('user.deleted', null, other);
    await world.work();

    const counts = await Promise.all([all, deleted, ofUser, off, revoked].map(({ id }) => world.statuses(id)));
    expect(counts.map((statuses) => statuses.length)).toEqual([3, 2, 1, 0, 0]);
    expect(receiver.received).toHaveLength(6);
    expect(receiver.received.find(({ type }) => type === 'user.deleted')?.body.data).toEqual({
      userId: other,
      connectionId: null,
    });
  });

  it('arrive although the process died between the commit and the delivery', async () => {
    await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    world.jobs.waiting.length = 0;
    await world.work();
    expect(receiver.received).toHaveLength(1);
  });

  it('arrive again with the same id and the same bytes when the process died before it wrote the delivery down', async () => {
    const { id } = await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    const record = jest.spyOn(world.records, 'record').mockRejectedValueOnce(new Error('killed'));
    expect(await world.workers.workOff()).toEqual({ done: 0, failed: 1 });
    expect(await world.statuses(id)).toEqual(['pending']);
    await world.work();
    expect(receiver.received).toHaveLength(1); // The claim still holds.

    await world.workAfter(MINUTE);
    expect(record).toHaveBeenCalledTimes(2);
    expect(await world.statuses(id)).toEqual(['delivered']);
    const [first, second, ...more] = receiver.received;
    expect(more).toEqual([]);
    expect([second?.id, second?.raw]).toEqual([first?.id, first?.raw]);
    const [row] = await world.rows<{ attempts: number; log: unknown[] }>(id);
    expect([row?.attempts, row?.log.length]).toEqual([2, 1]);
  });

  it('R4: a receiver that is down for 72 hours gets all, in order for each connection, with the ids of the first tries', async () => {
    const { id } = await world.endpoint(receiver);
    const connections = [randomUUID(), randomUUID(), randomUUID()];
    receiver.answer = () => 503;
    const added: string[] = [];
    const add = async (round: number): Promise<void> => {
      for (const connectionId of connections)
        await world.add('connection.state_changed', connectionId, undefined, { round });
    };
    await add(0);
    const end = world.clock.now().getTime() + 72 * HOUR;
    for (let round = 1; world.clock.now().getTime() < end; round++) {
      if (round <= 8) await add(round);
      await world.workAfter(Math.min(HOUR, end - world.clock.now().getTime()));
    }
    added.push(...(await world.source.query<{ id: string }[]>('SELECT id FROM outgoing_events')).map((row) => row.id));
    const tried = new Set(receiver.ids);
    receiver.received.length = 0;
    receiver.answer = () => 200;
    for (let minute = 0; minute < 12 * 60 && (await world.statuses(id)).includes('pending'); minute += 15) {
      await world.workAfter(15 * MINUTE);
    }

    expect(new Set(await world.statuses(id))).toEqual(new Set(['delivered']));
    expect(receiver.ids.toSorted()).toEqual(added.toSorted());
    for (const connectionId of connections) {
      const rounds = receiver.received.filter(({ body }) => body.data.connectionId === connectionId);
      expect(rounds.map(({ body }) => body.data['round'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }
    // Only the first of each connection was tried: the others waited behind it.
    expect(tried.size).toBe(connections.length);
    expect(receiver.ids).toEqual(expect.arrayContaining([...tried]));
  });

  it('are given up when the receiver stays down, and the next of the connection goes on', async () => {
    const { id } = await world.endpoint(receiver);
    const connectionId = randomUUID();
    await world.add('connection.created', connectionId);
    await world.add('connection.deleted', connectionId);
    receiver.answer = ({ type }) => (type === 'connection.created' ? 500 : 200);
    for (let hour = 0; hour < 74; hour++) await world.workAfter(HOUR);
    expect(await world.statuses(id)).toEqual(['dead', 'delivered']);
    const [dead] = await world.rows<{ last_status: number; last_error: string; log: unknown[] }>(id);
    expect(dead).toMatchObject({ last_status: 500, last_error: 'http_error' });
    expect(dead?.log.length).toBeGreaterThan(10);
  });

  it('of other connections are not held up by one that is not taken', async () => {
    const { id } = await world.endpoint(receiver);
    const [bad, good] = [randomUUID(), randomUUID()];
    receiver.answer = ({ body }) => (body.data.connectionId === bad ? 500 : 200);
    for (let round = 0; round < 3; round++) {
      await world.add('connection.state_changed', bad);
      await world.add('connection.state_changed', good);
    }
    await world.work();
    expect(await world.statuses(id)).toEqual(['pending', 'delivered', 'pending', 'delivered', 'pending', 'delivered']);
    expect(receiver.received.filter(({ body }) => body.data.connectionId === bad)).toHaveLength(1);
    receiver.answer = () => 200;
    await world.workAfter(10 * SECOND);
    expect(new Set(await world.statuses(id))).toEqual(new Set(['delivered']));
  });

  it('are sent at most twice at once to one endpoint, and a slow receiver holds up no other', async () => {
    const quick = await WebhookReceiverFake.start();
    const slow = await world.endpoint(receiver);
    const other = await world.endpoint(quick);
    receiver.answer = () => 'hang';
    for (let one = 0; one < 6; one++) await world.add('connection.created', randomUUID());

    const stop = new AbortController().signal;
    const lanes = Array.from({ length: 5 }, () => world.delivery.run(slow.id, stop));
    await receiver.arrived(2);
    await world.delivery.run(other.id, stop);
    expect(await world.statuses(other.id)).toEqual(Array(6).fill('delivered'));
    expect(receiver.received).toHaveLength(2);

    receiver.answer = () => 200;
    await receiver.release(200);
    await Promise.all(lanes);
    expect(await world.statuses(slow.id)).toEqual(Array(6).fill('delivered'));
    expect(new Set(receiver.ids).size).toBe(6);
    expect(receiver.received).toHaveLength(6);
    await quick.close();
  });

  it('are sent once by ten processes that start at once', async () => {
    const { id } = await world.endpoint(receiver);
    for (let one = 0; one < 10; one++) await world.add('connection.created', randomUUID());
    await Promise.all(Array.from({ length: 10 }, () => world.delivery.run(id, new AbortController().signal)));
    expect(receiver.received).toHaveLength(10);
    expect(new Set(receiver.ids).size).toBe(10);
  });

  it('stop at 410: the endpoint is off and the rest is skipped', async () => {
    const { id, owner } = await world.endpoint(receiver);
    const connectionId = randomUUID();
    await world.add('connection.created', connectionId);
    await world.add('connection.deleted', connectionId);
    receiver.answer = () => 410;
    await world.work();
    expect(await world.statuses(id)).toEqual(['dead', 'skipped']);
    expect(receiver.received).toHaveLength(1);
    expect(await world.endpoints.get(id, `client:${owner.clientId}`)).toMatchObject({ disabledReason: 'gone' });
    await world.add('connection.created', randomUUID());
    expect(await world.rows(id)).toHaveLength(2);
  });

  it('stop when the client is revoked while they wait', async () => {
    const { id, owner } = await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    await world.source.query('UPDATE clients SET revoked_at = now() WHERE id = $1', [owner.clientId]);
    expect(await world.sweep.run()).toBe(0);
    await world.workers.workOff();
    expect(receiver.received).toEqual([]);
    expect(await world.statuses(id)).toEqual(['pending']);
  });

  it('of an owner with an OIDC token wait while no issuer is trusted, and go when one is again', async () => {
    const owner = {
      kind: 'oidc',
      subject: 'svc',
      scopes: new Set<Scope>(['webhooks:manage']),
      expiresAt: NOON,
    } as const;
    const { id } = (await world.management.create({ url: receiver.url }, owner)).endpoint;
    const ofClient = await world.endpoint(receiver);
    world.trustIssuer(false);
    await world.add('connection.created', randomUUID());
    expect(await world.sweep.run()).toBe(1);
    await world.workers.workOff();
    expect([await world.statuses(id), await world.statuses(ofClient.id)]).toEqual([['pending'], ['delivered']]);

    world.trustIssuer(true);
    await world.work();
    expect(await world.statuses(id)).toEqual(['delivered']);
  });

  it('go at once after an outage when one arrives, and do not wait for their next attempts', async () => {
    const { id } = await world.endpoint(receiver);
    receiver.answer = () => 503;
    for (let one = 0; one < 3; one++) await world.add('connection.created', randomUUID());
    for (let hour = 0; hour < 30; hour++) await world.workAfter(HOUR);
    receiver.answer = () => 200;
    await world.add('connection.created', randomUUID());
    await world.work();
    expect(await world.statuses(id)).toEqual(Array(4).fill('delivered'));
  });

  it('wait as long as a busy receiver asks', async () => {
    const { id } = await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': '600' } });
    await world.work();
    receiver.answer = () => 200;
    await world.workAfter(599 * SECOND);
    expect(await world.statuses(id)).toEqual(['pending']);
    await world.workAfter(SECOND);
    expect(await world.statuses(id)).toEqual(['delivered']);
  });

  it('follow no redirect', async () => {
    const { id } = await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    receiver.answer = () => ({ status: 307, headers: { location: receiver.url } });
    await world.work();
    expect(receiver.received).toHaveLength(1);
    expect(await world.rows(id)).toMatchObject([{ status: 'pending', last_status: 307, last_error: 'redirect' }]);
  });

  it('do not count an attempt that the end of the process cut off', async () => {
    const { id } = await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    receiver.answer = () => 'hang';
    const stop = new AbortController();
    const running = world.delivery.run(id, stop.signal);
    await receiver.arrived(1);
    stop.abort();
    await running;
    expect(await world.rows(id)).toMatchObject([{ status: 'pending', tries: 0, claimed_until: null }]);
    receiver.answer = () => 200;
    await world.work();
    expect(await world.statuses(id)).toEqual(['delivered']);
  });

  it('are signed with both secrets while one is replaced, for a day', async () => {
    const { id, secret, owner } = await world.endpoint(receiver);
    const rotated = await world.management.rotateSecret(id, owner);
    const fresh = rotated.secret.reveal('test');
    expect(fresh).not.toBe(secret);
    const signaturesNow = async (): Promise<number> => {
      await world.add('connection.created', randomUUID());
      await world.work();
      return receiver.received.at(-1)?.headers['webhook-signature']?.split(' ').length ?? 0;
    };
    expect(await signaturesNow()).toBe(2);
    world.clock.advance(24 * HOUR - 1);
    expect(await signaturesNow()).toBe(2);
    world.clock.advance(1);
    expect(await signaturesNow()).toBe(1);
  });

  it('of an endpoint that is deleted under way go with it', async () => {
    const { id, owner } = await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    receiver.answer = () => 'hang';
    const running = world.delivery.run(id, new AbortController().signal);
    await receiver.arrived(1);
    await world.management.remove(id, owner);
    await receiver.release(200);
    await running;
    expect(await world.rows(id)).toEqual([]);
  });

  it('never undo their cause because an endpoint is deleted at the same time', async () => {
    const { id } = await world.endpoint(receiver);
    let adding: Promise<void> | undefined;
    await world.source.transaction(async (manager) => {
      await manager.query('DELETE FROM webhook_endpoints WHERE id = $1', [id]);
      adding = world.add('connection.created', randomUUID());
      // Long enough for the other transaction to come to the endpoint.
      await manager.query('SELECT pg_sleep(0.05)');
    });
    await adding;
    expect(await world.source.query('SELECT count(*)::int AS n FROM outgoing_events')).toEqual([{ n: 1 }]);
  });

  it('are kept for 30 days', async () => {
    const { id } = await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    world.clock.advance(30 * 24 * HOUR);
    await world.add('connection.deleted', randomUUID());
    expect(await world.pruning.run()).toBe(0);
    world.clock.advance(1);
    expect(await world.pruning.run()).toBe(1);
    expect(await world.rows(id)).toHaveLength(1);
  });

  it('are counted, with the time they took', async () => {
    await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    receiver.answer = () => 500;
    await world.work();
    const pending = await world.registry.getSingleMetric('mooring_webhook_pending')?.get();
    expect(pending?.values[0]?.value).toBe(1);
    const text = await world.registry.metrics();
    expect(text).toMatch(/mooring_webhook_deliveries_total\{outcome="delivered"\} \d+/);
    expect(text).toMatch(/mooring_webhook_deliveries_total\{outcome="retried"\} \d+/);
    expect(text).toMatch(/mooring_webhook_delivery_lag_seconds_count \d+/);
  });

  it('lie in the database without the secret that signs them', async () => {
    const { secret } = await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    receiver.answer = ({ headers }) => ({ status: 500, body: `${secret} ${headers['webhook-signature'] ?? ''}` });
    await world.work();
    const dump = JSON.stringify([
      await world.source.query('SELECT * FROM webhook_endpoints'),
      await world.source.query('SELECT * FROM webhook_deliveries'),
      await world.source.query('SELECT * FROM outgoing_events'),
    ]);
    expect(dump).not.toContain(secret.slice('whsec_'.length, 20));
    expect(dump).toContain('whsec_[redacted] v1,[redacted]');
  });
});
