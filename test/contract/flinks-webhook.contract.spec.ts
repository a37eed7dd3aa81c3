import { createHmac } from 'node:crypto';

import type { RawWebhook } from '../../src/credentials/webhook-receiver.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.js';
import { WebhookCatcher, type Caught } from '../../src/sandbox/flinks/testing/webhook-catcher.js';
import { CUSTOMER, flinksUnderTest, WEBHOOK_SECRET } from '../fixtures/flinks/flinks-under-test.js';
import { fixture } from '../fixtures/flinks/fixture.js';
import { describeWebhookReceiverContract, type WebhookReceiverHarness } from './webhook-receiver.contract.js';

const BODY = Buffer.from(JSON.stringify({ ResponseType: 'GetAccountsDetail', ...fixture('accounts-detail-200') }));
const UNKNOWN = Buffer.from(JSON.stringify({ ResponseType: 'Sunrise', ...fixture('authorize-200') }));
const ABOUT = 'login:0d9b6a52-4e0b-4c6f-9d57-5a1f4f0c9a11:FlinksCapital';
const NOW = new Date('2026-11-20T10:00:00.000Z');

for (const header of ['flinks-authenticity-key', 'x-flinks-signature']) {
  describeWebhookReceiverContract(`Flinks with ${header}`, async () => harnessWith(header));
}

async function harnessWith(header: string): Promise<WebhookReceiverHarness> {
  const flinks = flinksUnderTest('http://127.0.0.1:9', MovableClock.frozenAt(NOW));
  const signed = (body: Uint8Array, secret: string): RawWebhook => ({
    headers: new Map([[header, createHmac('sha256', secret).update(body).digest('base64')]]),
    body,
  });
  return {
    receiver: flinks.webhooks,
    now: () => NOW,
    genuine: (secret) => ({ webhook: signed(BODY, secret), about: { credentialId: ABOUT, user: null } }),
    signed,
    unknownEvent: UNKNOWN,
    signsTime: false,
    proofHeaders: [header],
    close: async () => {
      flinks.close();
    },
  };
}

describe("the webhooks of Flinks' simulator", () => {
  const raw = ({ headers, body }: Caught): RawWebhook => ({
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body,
  });

  it('are believed when they are true, and about the credential that a reading knows', async () => {
    const catcher = await WebhookCatcher.start();
    const clock = MovableClock.frozenAt(NOW);
    const sends = { webhookUrl: catcher.url, webhookSecret: WEBHOOK_SECRET };
    const simulator = await createFlinksSimulator({ clock, customerId: CUSTOMER, ...sends });
    const { webhooks, close } = flinksUnderTest(simulator.apiUrl, clock);
    try {
      const { control } = simulator;
      const loginId = control.link({ username: 'greatday_nomfa', scheduleRefresh: true });
      control.configure({ nightlyNeedsCachedCall: false });
      clock.advance(86_400_000);
      await control.webhooks.idle();
      for (const forgery of ['unsigned', 'wrong_secret', 'changed_body'] as const)
        control.webhooks.forge(loginId, forgery);
      await control.webhooks.idle();
      const verdicts = catcher.caught.map((one) => webhooks.verify(raw(one), []).ok);
      expect(verdicts).toEqual([true, true, false, false, false]);
      const hints = catcher.caught.slice(0, 2).map(({ body }) => webhooks.parse(body));
      expect(hints).toMatchObject([
        { value: [{ event: 'KYC', dataChanged: false }] },
        { value: [{ event: 'GetAccountsDetail', dataChanged: true }] },
      ]);
      for (const hint of hints) {
        const [first] = hint.ok ? hint.value : [];
        expect(first?.credentialId?.reveal('test')).toBe(`login:${loginId}:FlinksCapital`);
      }
    } finally {
      close();
      await simulator.close();
      await catcher.close();
    }
  });
});
