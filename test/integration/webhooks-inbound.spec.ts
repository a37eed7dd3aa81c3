import { randomBytes } from 'node:crypto';

import { DataSource } from 'typeorm';

import { providerId } from '../../src/credentials/provider-id.js';
import { JobQueue } from '../../src/platform/queue/job-queue.js';
import { InboxConnection } from '../../src/webhooks/inbound/inbox-connection.js';
import type { NewWebhook } from '../../src/webhooks/inbound/inbox-webhook.js';
import { InboxWriter } from '../../src/webhooks/inbound/inbox-writer.js';
import { InboxRepository } from '../../src/webhooks/inbound/persistence/inbox.repository.js';
import { WebhookFactory } from '../../src/webhooks/inbound/webhook-factory.js';
import { webhookJob } from '../../src/webhooks/inbound/webhook-job.js';
import { observed } from '../factories/observation.factory.js';
import { FAKE_SECRET, fakeWebhook } from '../fakes/inbound-webhooks.fake.js';
import { WebhookWorld } from './webhooks-inbound-world.js';

const MEGABYTE = 1024 * 1024;

/** Two transactions at once: the embedded database has one session. */
const onServer = process.env['DATABASE_URL'] ? it : it.skip;

describe('what vendors send', () => {
  let world: WebhookWorld;
  const jobs = async () => world.get(JobQueue).depth(webhookJob(providerId('fake')));

  beforeAll(async () => {
    world = await new WebhookWorld().start();
  });
  afterEach(async () => world.reset());
  afterAll(async () => world.close());

  it('is stored sealed, with its job, before the answer', async () => {
    const answer = await world.send({ event: 'changed', credential: 'cred-of-nobody' });

    expect([answer.status, await answer.json()]).toEqual([200, { received: true }]);
    const [row] = await world.rows();
    expect(row?.status).toBe('received');
    expect(row?.body_sealed).toMatch(/^v1\.test\./);
    expect(await jobs()).toBe(1);
    expect(JSON.stringify(await world.query('SELECT * FROM webhook_inbox'))).not.toContain('cred-of-nobody');
    expect(JSON.stringify(await world.query('SELECT * FROM pgboss.job'))).not.toContain('cred-of-nobody');
    expect(world.app.logText()).not.toContain('cred-of-nobody');
  });

  it.each([
    ['fake', 412, 'webhook.signature_mismatch'],
    ['other', 401, 'webhook.unauthenticated'],
  ])('and is forged at %s is refused with %d and leaves no trace', async (provider, status, code) => {
    const before = await world.counts();
    const genuine = fakeWebhook({ credential: 'cred-1' });
    const forged = [
      fakeWebhook({ credential: 'cred-1' }, 'another secret'),
      { ...genuine, headers: {} },
      { ...genuine, body: Buffer.concat([genuine.body, Buffer.from(' ')]) },
      { ...genuine, body: new Uint8Array() },
    ];

    for (const each of forged) {
      const answer = await world.post(provider, each);
      expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ code })]);
    }

    expect(await world.counts()).toEqual(before);
    expect(await world.metric('mooring_webhooks_received_total')).toContain(
      `{provider="${provider}",outcome="refused"} 4`,
    );
  });

  it('to an address that nobody sends to is not found', async () => {
    for (const provider of ['nobody', 'fak', '%2e%2e', '__proto__']) {
      expect((await world.post(provider, fakeWebhook({}))).status).toBe(404);
    }
    expect((await fetch(`${world.app.baseUrl}/webhooks/fake`)).status).toBe(405);
  });

  describe('twice', () => {
    it('is one row and one job while the first waits, and for ten minutes', async () => {
      const news = { event: 'changed', credential: 'cred-2' };
      const answers = await Promise.all(Array.from({ length: 20 }, () => world.send(news)));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(await world.statuses()).toEqual(['received']);
      expect(await jobs()).toBe(1);

      world.clock.advance(9 * 60_000);
      await world.send(news);
      expect(await world.statuses()).toHaveLength(1);
    });

    it('in two processes at the same moment is one row', async () => {
      const [source, queue] = [world.get(DataSource), world.get(JobQueue)];
      const body = Buffer.from('{"credential":"cred-3"}');
      const connection = new InboxConnection(source);
      const receive = async (): Promise<boolean> => {
        const webhook = world.get(WebhookFactory).webhook('fake', world.vendor.webhooks, body, null);
        return new InboxWriter(connection, new InboxRepository(source), queue).write(webhook);
      };

      const written = await Promise.all([receive(), receive(), receive(), receive()]);

      expect(written.filter(Boolean)).toHaveLength(1);
      expect(await world.statuses()).toEqual(['received']);
      expect(await jobs()).toBe(1);
    });

    onServer('counts on the job of an older one only while that one waits', async () => {
      const [source, inbox] = [world.get(DataSource), world.get(InboxRepository)];
      const factory = world.get(WebhookFactory);
      const news = (n: number): NewWebhook =>
        factory.webhook('fake', world.vendor.webhooks, Buffer.from(`{"credential":"cred-r","n":${n}}`), null);
      const insert = async (n: number) => source.transaction(async (manager) => inbox.insert(manager, [news(n)]));
      const needsJob = async (n: number) => (await insert(n)).map((each) => each.needsJob);
      expect(await needsJob(1)).toEqual([true]);
      expect(await needsJob(2)).toEqual([false]);

      const taken = await inbox.take('fake', news(0).subject ?? '', 10);
      if (!taken) throw new Error('Nothing waits.');
      await source.transaction(async (manager) => {
        await inbox.conclude(manager, taken, world.clock.now(), null);
        // The snapshot of the other transaction still says that they wait.
        expect(await needsJob(3)).toEqual([true]);
      });
      expect(await needsJob(4)).toEqual([false]);
    });

    it('is not left behind by a job that ends at the moment of its receipt', async () => {
      const [source, inbox] = [world.get(DataSource), world.get(InboxRepository)];
      const factory = world.get(WebhookFactory);
      const news = (n: number): NewWebhook =>
        factory.webhook('fake', world.vendor.webhooks, Buffer.from(`{"credential":"cred-s","n":${n}}`), null);
      await source.transaction(async (manager) => inbox.insert(manager, [news(1)]));
      const taken = await inbox.take('fake', news(0).subject ?? '', 10);
      if (!taken) throw new Error('Nothing waits.');
      const order: string[] = [];
      let concluded: Promise<unknown> = Promise.resolve();
      await source.transaction(async (manager) => {
        expect((await inbox.insert(manager, [news(2)])).map((each) => each.needsJob)).toEqual([false]);
        concluded = source
          .transaction(async (other) => inbox.conclude(other, taken, world.clock.now(), null))
          .then(() => order.push('concluded'));
        await manager.query('SELECT 1');
        order.push('received');
      });
      await concluded;
      expect(order).toEqual(['received', 'concluded']);
      expect((await inbox.take('fake', news(0).subject ?? '', 10))?.ids).toHaveLength(1);
    });

    it('is news again after ten minutes, for a vendor that gives no times', async () => {
      await world.add('cred-4');
      world.truth(observed('active'));
      await world.send({ credential: 'cred-4' });
      await world.workOff();

      world.clock.advance(10 * 60_000 - 1);
      await world.send({ credential: 'cred-4' });
      expect(await world.statuses()).toEqual(['processed']);
      world.clock.advance(1);
      await world.send({ credential: 'cred-4' });
      expect(await world.statuses()).toEqual(['processed', 'received']);
    });

    it('is news at once when it was signed after the first had been dealt with', async () => {
      await world.add('cred-5');
      world.truth(observed('active'));
      const first = world.clock.now();
      await world.send({ credential: 'cred-5' }, { sentAt: first });
      world.clock.advance(2_000);
      await world.workOff();

      await world.send({ credential: 'cred-5' }, { sentAt: new Date(first.getTime() + 1_000) });
      expect(await world.statuses()).toEqual(['processed']);
      await world.send({ credential: 'cred-5' }, { sentAt: new Date(first.getTime() + 3_000) });
      expect(await world.statuses()).toEqual(['processed', 'received']);
    });
  });

  it('and nobody can read is kept, and answered so that it does not come again', async () => {
    for (const body of [randomBytes(200), Buffer.from(''), Buffer.from('{"a":'), Buffer.from('[]')]) {
      expect((await world.send(body)).status).toBe(200);
    }
    const deep = Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect((await world.send(deep)).status).toBe(200);
    expect((await world.send({ event: 'crash' })).status).toBe(200);

    const statuses = await world.statuses();
    expect(statuses.filter((status) => status === 'malformed')).toHaveLength(4);
    expect(statuses.filter((status) => status === 'ignored')).toHaveLength(2);
    expect(await jobs()).toBe(0);
  });

  it('may have a megabyte and any content type', async () => {
    const headersOf = (body: Uint8Array, type: string) => ({ ...fakeWebhook(body).headers, 'content-type': type });
    const send = async (size: number, type: string) => {
      const body = Buffer.alloc(size, 0x20);
      return (await world.post('fake', { body, headers: headersOf(body, type) })).status;
    };
    expect(await send(MEGABYTE, 'application/json; charset=utf-8')).toBe(200);
    expect(await send(MEGABYTE - 1, 'nonsense')).toBe(200);
    expect(await send(MEGABYTE + 1, 'application/json')).toBe(413);
    expect(await send(2 * MEGABYTE, 'text/plain')).toBe(413);
  });

  it('is refused by size while it arrives, when it does not say its length', async () => {
    const chunks = new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.alloc(64 * 1024));
      },
    });
    const request: RequestInit = { method: 'POST', body: chunks, duplex: 'half' };
    const answer = fetch(`${world.app.baseUrl}/webhooks/fake`, request);
    // The server may hang up before the client has sent all.
    expect(await answer.then(({ status }) => status).catch(() => 413)).toBe(413);
  });

  it('cannot be sent to other addresses by the content type of webhooks', async () => {
    const answer = await fetch(`${world.app.baseUrl}/admin/clients`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/vnd.mooring.raw' },
    });
    expect(answer.status).toBe(415);
  });

  it('is not believed by a provider without any secret', async () => {
    const { webhooks } = world.other;
    const configured = webhooks.configuredSecrets;
    webhooks.configuredSecrets = [];
    try {
      const { body, headers } = fakeWebhook({ credential: 'x' }, FAKE_SECRET);
      expect((await world.post('other', { body, headers })).status).toBe(401);
    } finally {
      webhooks.configuredSecrets = configured;
    }
  });
});
