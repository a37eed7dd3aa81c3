import { randomUUID } from 'node:crypto';

import { ReplayRepository } from '../../src/webhooks/outbound/persistence/replay.repository.js';
import { NOON } from '../factories/connection.factory.js';
import { WebhookReceiverFake } from '../fakes/webhook-receiver.fake.js';
import { WebhooksWorld } from './webhooks-outbound-world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('replays of outgoing events', () => {
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
    await receiver.close();
  });

  afterAll(async () => {
    await world.close();
  });

  it('start a delivery over, with its id', async () => {
    const { id, owner } = await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    await world.work();
    const [row] = await world.rows<{ id: string }>(id);
    const again = await world.replays.one(row?.id ?? '', owner);
    expect(again).toMatchObject({ status: 'pending', attempts: 1 });
    await world.work();
    expect(receiver.ids).toEqual([receiver.ids[0], receiver.ids[0]]);
    expect(await world.rows(id)).toMatchObject([{ status: 'delivered', attempts: 2, tries: 1 }]);
  });

  it('bring an endpoint what was before it and what was given up, in order and once', async () => {
    const connectionId = randomUUID();
    const from = world.clock.now();
    for (const type of ['connection.created', 'connection.state_changed', 'connection.deleted'] as const) {
      await world.add(type, connectionId);
      world.clock.advance(MINUTE);
    }
    const to = world.clock.now();
    const { id, owner } = await world.endpoint(receiver, { events: ['connection.created', 'connection.deleted'] });
    expect(await world.replays.range(id, { from, to }, owner)).toEqual({ replayed: 2, nextFrom: null });
    // They wait already.
    expect(await world.replays.range(id, { from, to }, owner)).toEqual({ replayed: 0, nextFrom: null });
    await world.work();
    expect(receiver.received.map(({ type }) => type)).toEqual(['connection.created', 'connection.deleted']);
    expect(await world.replays.range(id, { from, to: undefined }, owner)).toEqual({ replayed: 2, nextFrom: null });
    expect(await world.replays.range(id, { from: to, to: undefined }, owner)).toEqual({
      replayed: 0,
      nextFrom: null,
    });
  });

  describe('in pieces', () => {
    /** Minutes after noon by the clocks of the processes that wrote them, in the order of `seq`. */
    const written = async (...minutes: number[]) => {
      for (const minute of minutes) {
        await world.source.query(
          `INSERT INTO outgoing_events (id, type, user_id, data, created_at)
           VALUES (gen_random_uuid(), 'connection.created', gen_random_uuid(), '{}', $1)`,
          [new Date(NOON.getTime() + minute * MINUTE)],
        );
      }
    };
    /** Follows `nextFrom`, but not for ever. @returns how many each piece made */
    const pieces = async (endpointId: string, limit: number): Promise<number[]> => {
      const [replays, now] = [new ReplayRepository(), world.clock.now()];
      const to = new Date(NOON.getTime() + HOUR);
      const made: number[] = [];
      for (let from: Date | null = NOON; from && made.length < 20;) {
        const range = { from, to, now, limit };
        const { replayed, nextFrom } = await replays.range(world.source.manager, endpointId, range);
        made.push(replayed);
        from = nextFrom;
      }
      return made;
    };

    it.each([1, 2, 3, 4])('of %d skip nothing when the clocks of two processes differ', async (limit) => {
      const { id } = await world.endpoint(receiver);
      await written(30, 0, 1, 31, 2, 32);
      await pieces(id, limit);
      expect(await world.rows(id)).toHaveLength(6);
    });

    it('come to an end when more than a piece is of one instant', async () => {
      const { id } = await world.endpoint(receiver);
      await written(5, 5, 1, 5, 5, 9);
      expect(await pieces(id, 2)).toEqual([5, 1]);
      expect(await world.rows(id)).toHaveLength(6);
    });

    it('end with the range, also when the last one is full', async () => {
      const { id } = await world.endpoint(receiver);
      await written(0, 1, 2, 60);
      expect(await pieces(id, 3)).toEqual([3]);
      expect(await pieces((await world.endpoint(receiver, { events: ['connection.deleted'] })).id, 3)).toEqual([0]);
    });
  });

  it('of others are refused', async () => {
    const { id } = await world.endpoint(receiver);
    await world.add('connection.created', randomUUID());
    const [row] = await world.rows<{ id: string }>(id);
    const foreign = await world.client();
    await expect(world.replays.one(row?.id ?? '', foreign)).rejects.toMatchObject({
      code: 'webhook_delivery.not_found',
    });
    const range = { from: world.clock.now(), to: undefined };
    await expect(world.replays.range(id, range, foreign)).rejects.toMatchObject({
      code: 'webhook_endpoint.not_found',
    });
  });
});
