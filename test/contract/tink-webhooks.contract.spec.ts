import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { RawWebhook } from '../../src/credentials/webhook-receiver.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createTinkSimulator } from '../../src/sandbox/tink/tink-simulator.js';
import { CLIENT, tinkUnderTest } from '../fixtures/tink/tink-under-test.js';
import { idOf, startTinkData, type TinkDataHarness } from './tink-data.harness.js';
import { describeWebhookReceiverContract } from './webhook-receiver.contract.js';

const NOW = new Date('2026-11-20T10:00:00.000Z');

/** Signed by hand, after the documentation: nothing of the adapter or the simulator. */
function signed(body: Uint8Array, secret: string): RawWebhook {
  const time = NOW.getTime() / 1000;
  const v1 = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
  return { headers: new Map([['x-tink-signature', `t=${time},v1=${v1}`]]), body };
}

const about = { credentialId: '9a1b2c3d4e5f60718293a4b5c6d7e8f9', user: 'cust-0042' as ProviderUserRef };
const finished = Buffer.from(
  JSON.stringify({
    context: { userId: '5f0c', externalUserId: about.user },
    content: { credentialsId: about.credentialId, credentialsStatus: 'UPDATED', finished: NOW.getTime() },
    event: 'refresh:finished',
  }),
);

describeWebhookReceiverContract('Tink', async () => {
  const clock = MovableClock.frozenAt(NOW);
  const simulator = await createTinkSimulator({ clock, clientId: CLIENT.id, clientSecret: CLIENT.secret });
  const { webhooks, close } = tinkUnderTest(simulator.url, clock);
  return {
    receiver: webhooks,
    now: () => NOW,
    genuine: (secret) => ({ webhook: signed(finished, secret), about }),
    signed,
    unknownEvent: Buffer.from('{"event":"moon:landed","content":{"credentialsId":7},"context":null}'),
    signsTime: true,
    proofHeaders: ['x-tink-signature'],
    close: async () => {
      close();
      await simulator.close();
    },
  };
});

describe("the simulator's webhooks at the real receiver", () => {
  let harness: TinkDataHarness;
  let app: Server;
  const received: RawWebhook[] = [];

  beforeEach(async () => {
    received.length = 0;
    harness = (await startTinkData()) as TinkDataHarness;
    app = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
        received.push({ headers, body: Buffer.concat(chunks) });
        response.writeHead(202).end();
      });
    });
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await harness.close();
    await new Promise((resolve) => app.close(resolve));
  });

  const receiver = () => {
    const { webhooks } = harness.provider;
    if (!webhooks) throw new Error('No receiver.');
    return webhooks;
  };
  const register = async () => {
    const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}/hook`;
    const made = await receiver().register(url, { signal: new AbortController().signal });
    if (!made.ok || !made.value.secret) throw new Error('Not registered.');
    return made.value.secret;
  };

  it('are believed, and tell of the credential and of its data', async () => {
    const secret = await register();
    const user = await harness.user();
    const ref = await harness.connected(user);
    await harness.simulator.control.flushWebhooks();
    const hints = received.flatMap((webhook) => {
      expect(receiver().verify(webhook, [secret], harness.now())).toMatchObject({ ok: true });
      const parsed = receiver().parse(webhook.body);
      return parsed.ok ? parsed.value : [];
    });
    expect(hints.every((hint) => hint.user === user && hint.dataChanged)).toBe(true);
    const done = hints.filter(({ event }) => event === 'refresh:finished');
    expect(done.map(({ credentialId }) => credentialId?.reveal('test'))).toEqual([idOf(ref)]);
    expect(done[0]?.at).toEqual(new Date('2026-11-20T10:00:03.000Z'));
    expect(new Set(hints.map(({ event }) => event))).toEqual(
      new Set([
        'refresh:finished',
        'account:created',
        'account-transactions:modified',
        'account-booked-transactions:modified',
      ]),
    );
  });

  it.each(['wrong-secret', 'unsigned', 'stale', 'tampered'] as const)(
    'are not believed when forged: %s',
    async (how) => {
      const ref = await harness.connected(await harness.user());
      const secret = await register();
      harness.simulator.control.forgeWebhook(idOf(ref), how);
      await harness.simulator.control.flushWebhooks();
      expect(received).toHaveLength(1);
      for (const webhook of received)
        expect(receiver().verify(webhook, [secret], harness.now())).toMatchObject({ ok: false });
    },
  );
});
