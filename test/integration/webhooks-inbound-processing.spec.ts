import { providerId } from '../../src/credentials/provider-id.js';
import { JobQueue } from '../../src/platform/queue/job-queue.js';
import { PruneInbox } from '../../src/webhooks/inbound/prune-inbox.js';
import { ReprocessUnmatched } from '../../src/webhooks/inbound/reprocess-unmatched.js';
import { webhookJob } from '../../src/webhooks/inbound/webhook-job.js';
import { observed } from '../factories/observation.factory.js';
import { shuffled } from './connection-store.js';
import { failure, snapshot } from './races-world.js';
import { WebhookWorld } from './webhooks-inbound-world.js';

const MINUTE = 60_000;

describe('the processing of webhooks', () => {
  let world: WebhookWorld;
  const soon = (ms: number) => new Date(world.clock.now().getTime() + ms);
  const jobs = async () => world.get(JobQueue).depth(webhookJob(providerId('fake')));
  const sentJobs = async () => {
    const [row] = await world.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pgboss.job WHERE name = 'webhooks.inbound.fake'`,
    );
    return row?.count ?? -1;
  };

  beforeAll(async () => {
    world = await new WebhookWorld().start();
  });
  afterEach(async () => world.reset());
  afterAll(async () => world.close());

  it('reads the provider, and the connection is what the provider says', async () => {
    const { id } = await world.add('cred-1');
    world.truth(observed('reauth_required', { providerStatusAt: world.clock.now() }));

    await world.send({ event: 'changed', credential: 'cred-1' });
    expect(await world.workOff()).toEqual({ done: 1, failed: 0 });

    expect(await world.stored(id)).toMatchObject({ state: 'reauth_required' });
    expect(await world.rows()).toEqual([{ status: 'processed', late: false, body_sealed: null }]);
    const [event] = await world.query<{ trigger: string }>(
      'SELECT trigger FROM connection_events WHERE connection_id = $1 ORDER BY seq DESC LIMIT 1',
      [id],
    );
    expect(event?.trigger).toBe('webhook');
    expect(await world.metric('mooring_webhook_drift_total')).toContain('{provider="fake",kind="record"} 1');
    expect(await world.metric('mooring_webhook_processing_seconds')).toContain('_count{provider="fake"} 1');
  });

  it.each([1, 2, 3])('ends at the truth for duplicate, late and reordered webhooks (order %d)', async (seed) => {
    const { id, providerStatusAt } = await world.add(`cred-order-${seed}`);
    const known = providerStatusAt?.getTime() ?? 0;
    const said = [-60_000, -1_000, 1_000, 2_000, 3_000].map((ms) => new Date(known + ms).toISOString());
    const all = [...said, ...said].map((at, note) => ({ credential: `cred-order-${seed}`, at, note: note % 5 }));
    const truths = shuffled(['syncing', 'blocked', 'active', 'retrying', 'reauth_required'] as const, seed);

    let time = known;
    for (const [index, news] of shuffled(all, seed).entries()) {
      time += 10_000;
      world.truth(observed(truths[index % 5] ?? 'active', { providerStatusAt: new Date(time) }));
      await world.send(news);
      await world.workOff();
      world.clock.advance(3_000);
    }
    world.truth(observed('blocked', { providerStatusAt: new Date(time + 10_000) }));
    await world.send({ credential: `cred-order-${seed}`, at: said[0] ?? '', note: 'the last one is old' });
    await world.workOff();

    expect(await world.stored(id)).toMatchObject({ state: 'blocked', providerStatusAt: new Date(time + 10_000) });
    expect((await world.rows()).at(-1)).toMatchObject({ status: 'processed', late: true });
  });

  it('is not fooled by a webhook that says more than the provider', async () => {
    const { id } = await world.add('cred-lie', { providerStatusAt: world.clock.now() });
    world.truth(observed('active', { providerStatusAt: world.clock.now() }));

    await world.send({ event: 'credentials:deleted', credential: 'cred-lie', at: soon(MINUTE).toISOString() });
    await world.workOff();

    expect(await world.stored(id)).toMatchObject({ state: 'active' });
    expect(await world.metric('mooring_webhook_drift_total')).toMatch(/kind="hint"} \d/);
  });

  it('waits until a reading can begin that is younger than the webhook', async () => {
    const { id } = await world.add('cred-gap');
    world.truth(observed('active', { providerStatusAt: null }));
    await world.send({ credential: 'cred-gap', note: 1 });
    await world.workOff();
    world.clock.advance(400);
    world.truth(observed('blocked', { providerStatusAt: null }));

    await world.send({ credential: 'cred-gap', note: 2 });
    await world.workOff();

    expect(world.pauses).toEqual([600]);
    expect(world.readings).toBe(2);
    expect(await world.stored(id)).toMatchObject({ state: 'blocked' });
  });

  it('does not read again what somebody else has begun to read since', async () => {
    const { id } = await world.add('cred-read');
    await world.send({ credential: 'cred-read' });
    await world.query('UPDATE connections SET observed_at = $2 WHERE id = $1', [id, soon(1)]);

    expect(await world.workOff()).toEqual({ done: 1, failed: 0 });
    expect(world.readings).toBe(0);
    expect(await world.statuses()).toEqual(['processed']);
  });

  it('tries again when the provider does not answer, and keeps the webhook', async () => {
    const { id } = await world.add('cred-down');
    world.vendor.script.override('credentials.get', failure('provider.unavailable', false));
    await world.send({ credential: 'cred-down' });
    expect(await world.workOff()).toEqual({ done: 0, failed: 1 });
    expect(await world.statuses()).toEqual(['received']);

    world.clock.advance(5 * MINUTE);
    world.truth(observed('blocked', { providerStatusAt: world.clock.now() }));
    await world.get(ReprocessUnmatched).run();
    expect(await world.workOff()).toEqual({ done: 1, failed: 0 });
    expect(await world.stored(id)).toMatchObject({ state: 'blocked' });
  });

  it.each([
    ['fails', () => failure('provider.unavailable', false)],
    [
      'is cut off',
      () => {
        throw new Error('killed');
      },
    ],
  ])('does not rely on its own reading that %s', async (how, answer) => {
    const { id } = await world.add(`cred-own ${how}`);
    await world.send({ credential: `cred-own ${how}` });
    world.clock.advance(300);
    world.vendor.script.override('credentials.get', answer);
    expect(await world.workOff()).toEqual({ done: 0, failed: 1 });

    world.truth(observed('blocked', { providerStatusAt: world.clock.now() }));
    const [row] = await world.query<{ subject: string }>(`SELECT subject FROM webhook_inbox WHERE status = 'received'`);
    const subject = row?.subject ?? '';
    await world
      .get(JobQueue)
      .send(webhookJob(providerId('fake')), { data: { provider: 'fake', subject }, key: subject });
    expect(await world.workOff()).toEqual({ done: 1, failed: 0 });
    expect(await world.stored(id)).toMatchObject({ state: 'blocked' });
  });

  it('does not rely on a reading that somebody began long ago and never ended', async () => {
    const { id } = await world.add('cred-dead');
    await world.send({ credential: 'cred-dead' });
    await world.query('UPDATE connections SET observed_at = $2 WHERE id = $1', [id, soon(1)]);
    world.clock.advance(MINUTE);
    world.truth(observed('blocked', { providerStatusAt: world.clock.now() }));

    expect(await world.workOff()).toEqual({ done: 1, failed: 0 });
    expect(await world.stored(id)).toMatchObject({ state: 'blocked' });
  });

  it('goes on after a crash between the reading and its end', async () => {
    const { id } = await world.add('cred-crash');
    let crashes = 1;
    world.vendor.script.override('credentials.get', () => {
      if (crashes-- > 0) throw new Error('killed');
      return snapshot(observed('blocked', { providerStatusAt: world.clock.now() }));
    });
    await world.send({ credential: 'cred-crash', dataChanged: true });

    expect(await world.workOff()).toEqual({ done: 0, failed: 1 });
    expect([await world.statuses(), world.dataHints]).toEqual([['received'], []]);
    world.clock.advance(5 * MINUTE);
    await world.get(ReprocessUnmatched).run();
    await world.workOff();

    expect(await world.stored(id)).toMatchObject({ state: 'blocked' });
    expect([await world.statuses(), world.dataHints]).toEqual([['processed'], [id]]);
  });

  it('tells of new data also when the state is the same', async () => {
    const { id, providerStatusAt } = await world.add('cred-data');
    world.truth(observed('active', { providerStatus: 'UPDATED', providerStatusAt }));

    await world.send({ credential: 'cred-data', dataChanged: true });
    await world.send({ credential: 'cred-data', dataChanged: false });
    await world.workOff();

    expect(world.dataHints).toEqual([id]);
    expect((await world.statuses()).sort()).toEqual(['collapsed', 'processed']);
  });

  it('reads everything that a user has at the provider when no credential is named', async () => {
    const first = await world.add();
    await world.add(undefined, { userId: first.userId, provider: providerId('other') });
    const stranger = await world.add();
    world.truth(observed('blocked', { providerStatusAt: world.clock.now() }));

    await world.send({ user: first.userId, dataChanged: true });
    await world.workOff();

    expect(world.dataHints).toEqual([first.id]);
    expect(await world.stored(first.id)).toMatchObject({ state: 'blocked' });
    expect(await world.stored(stranger.id)).toMatchObject({ state: 'active' });
  });

  describe('of a connection that nobody here has', () => {
    it('is tried once more after a minute, when the creation may have ended', async () => {
      await world.send({ credential: 'cred-early', dataChanged: true });
      await world.workOff();
      expect(await world.statuses()).toEqual(['unmatched']);
      const { id } = await world.add('cred-early');
      world.truth(observed('active', { providerStatusAt: world.clock.now() }));

      world.clock.advance(MINUTE - 1);
      expect(await world.get(ReprocessUnmatched).run()).toBe(0);
      world.clock.advance(1);
      expect(await world.get(ReprocessUnmatched).run()).toBe(1);
      await world.workOff();

      expect(await world.statuses()).toEqual(['processed']);
      expect(world.dataHints).toEqual([id]);
    });

    it('waits with its second chance until those that came later are dealt with', async () => {
      const old = Array.from({ length: 40 }, async (_, n) => world.send({ credential: `cred-unknown-${String(n)}` }));
      await Promise.all(old);
      await world.workOff();
      world.clock.advance(MINUTE);
      expect(await world.get(ReprocessUnmatched).run()).toBe(40);
      await world.add('cred-fresh');
      let before = -1;
      world.vendor.script.override('credentials.get', async () => {
        before = (await world.statuses()).filter((status) => status === 'ignored').length;
        return snapshot(observed('active', { providerStatusAt: world.clock.now() }));
      });
      await world.send({ credential: 'cred-fresh' });
      await world.workOff();

      // Those that are dealt with at the same time.
      expect(before).toBeGreaterThanOrEqual(0);
      expect(before).toBeLessThan(10);
    });

    it('is given up after that, and its body is gone', async () => {
      await world.send({ credential: 'cred-never' });
      await world.workOff();
      world.clock.advance(MINUTE);
      await world.get(ReprocessUnmatched).run();
      await world.workOff();

      expect(await world.rows()).toEqual([{ status: 'ignored', late: false, body_sealed: null }]);
      expect(await world.get(ReprocessUnmatched).run()).toBe(0);
      expect(world.readings).toBe(0);
    });

    it('is given up after a day when no job ever ended', async () => {
      await world.send({ credential: 'cred-stuck' });
      world.clock.advance(24 * 60 * MINUTE);
      await world.get(ReprocessUnmatched).run();
      expect(await world.statuses()).toEqual(['ignored']);
    });

    it('deletes nothing of one that is being deleted', async () => {
      const { id } = await world.add('cred-gone', { state: 'deleting' });
      await world.send({ credential: 'cred-gone', dataChanged: true });
      await world.workOff();
      expect([world.readings, world.dataHints]).toEqual([0, []]);
      expect(await world.stored(id)).toMatchObject({ state: 'deleting' });
    });
  });

  it('makes of a flood one job and one reading, and holds up nobody else', async () => {
    const flooded = await world.add('cred-flood');
    const quiet = await world.add('cred-quiet');
    world.truth(observed('active', { providerStatusAt: world.clock.now() }));
    const before = await sentJobs();
    for (let part = 0; part < 10; part += 1) {
      const sent = Array.from({ length: 200 }, (_none, note) =>
        world.send({ credential: 'cred-flood', note: part * 200 + note }),
      );
      for (const { status } of await Promise.all(sent)) expect(status).toBe(200);
      if (part === 5) await world.send({ credential: 'cred-quiet', dataChanged: true });
    }
    expect([await jobs(), (await sentJobs()) - before]).toEqual([2, 2]);

    expect(await world.workOff()).toEqual({ done: 2, failed: 0 });

    expect(world.readings).toBe(2);
    const statuses = await world.statuses();
    expect(statuses.filter((status) => status === 'processed')).toHaveLength(2);
    expect(statuses.filter((status) => status === 'collapsed')).toHaveLength(1_999);
    expect(world.dataHints).toEqual([quiet.id]);
    expect(await world.stored(flooded.id)).toMatchObject({ state: 'active' });
  });

  it('reads once more for what comes while it reads', async () => {
    const { id } = await world.add('cred-during');
    const states = ['syncing', 'blocked'] as const;
    let reading = 0;
    world.vendor.script.override('credentials.get', async () => {
      const state = states[reading] ?? 'blocked';
      if (reading === 0) await world.send({ credential: 'cred-during', note: 'while it is read' });
      reading += 1;
      return snapshot(observed(state, { providerStatusAt: world.clock.now() }));
    });

    await world.send({ credential: 'cred-during', note: 'first' });
    expect(await world.workOff()).toEqual({ done: 1, failed: 0 });

    expect(reading).toBe(2);
    expect(await world.stored(id)).toMatchObject({ state: 'blocked' });
    expect(await world.statuses()).toEqual(['processed', 'processed']);
  });

  it.each([
    ['that cannot be read', Buffer.from('not json'), 'malformed'],
    ['about nobody', { event: 'changed' }, 'ignored'],
  ])('%s is a line without a body', async (_what, news, status) => {
    await world.send(news);
    expect(await world.rows()).toEqual([{ status, late: false, body_sealed: null }]);
  });

  it('loses the body that an older version left, with the next pruning, unless it is still needed', async () => {
    await world.send({ credential: 'cred-waiting' });
    world.clock.advance(1);
    await world.send(Buffer.from('not json'));
    world.clock.advance(1);
    await world.send({ event: 'changed' });
    await world.query(`UPDATE webhook_inbox SET body_sealed = 'left' WHERE status <> 'received'`);

    expect(await world.get(PruneInbox).run()).toBe(0);

    expect((await world.rows()).map(({ status, body_sealed: body }) => [status, body !== null])).toEqual([
      ['received', true],
      ['malformed', false],
      ['ignored', false],
    ]);
  });

  it('is forgotten after two weeks', async () => {
    await world.add('cred-old');
    world.truth(observed('active', { providerStatusAt: world.clock.now() }));
    await world.send(Buffer.from('not json'));
    world.clock.advance(1);
    await world.send({ credential: 'cred-old' });
    await world.workOff();

    world.clock.advance(14 * 24 * 60 * MINUTE - 1);
    expect(await world.get(PruneInbox).run()).toBe(1);
    world.clock.advance(1);
    expect(await world.get(PruneInbox).run()).toBe(1);
    expect(await world.statuses()).toEqual([]);
  });
});
