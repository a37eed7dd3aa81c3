import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

import type { ProviderFailure } from '../../src/credentials/failure.js';
import { fail, ok, type Result } from '../../src/credentials/result.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';
import {
  WebhookReceiver,
  type RawWebhook,
  type WebhookHint,
  type WebhookRegistration,
  type WebhookRefusal,
} from '../../src/credentials/webhook-receiver.js';
import type { ProviderUserRef } from '../../src/credentials/credential-ref.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { ProviderFake } from './provider.fake.js';

/** What a fake vendor says. Anything else that is JSON is a webhook about nobody. */
export interface FakeNews {
  readonly event?: string;
  readonly at?: string;
  readonly credential?: string;
  readonly user?: string;
  readonly dataChanged?: boolean;
  /** Makes bodies differ. */
  readonly note?: string | number;
}

export const FAKE_SECRET = 'fake-webhook-secret-0815';

/** A webhook as the fake vendor sends it. @param sentAt is signed too; vendors without times leave it out. */
export function fakeWebhook(news: FakeNews | Uint8Array, secret = FAKE_SECRET, sentAt?: Date) {
  const body = news instanceof Uint8Array ? news : Buffer.from(JSON.stringify(news));
  const time = sentAt?.toISOString() ?? '';
  return {
    body,
    headers: { 'x-fake-sent-at': time, 'x-fake-signature': signature(secret, time, body) },
  };
}

function signature(secret: string, time: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
}

/** Webhooks of a vendor in memory, with endpoints that can be registered. */
export class WebhookReceiverFake extends WebhookReceiver {
  override configuredSecrets: readonly SecretValue[] = [new Opened(FAKE_SECRET)];
  /** What the vendor holds. */
  readonly endpoints = new Map<string, { readonly url: string; readonly secret: string }>();
  /** Runs before the vendor answers a registration. */
  whenRegistered: (secret: string) => void = () => undefined;

  constructor(
    override readonly registers = true,
    private readonly mismatch: WebhookRefusal['code'] = 'webhook.signature_mismatch',
  ) {
    super();
  }

  override verify({ headers, body }: RawWebhook, secrets: readonly SecretValue[]) {
    const [time = '', said = ''] = [headers.get('x-fake-sent-at'), headers.get('x-fake-signature')];
    const matches = secrets.some((secret) => {
      const right = Buffer.from(signature(secret.reveal('to verify'), time, body));
      return said.length === right.length && timingSafeEqual(right, Buffer.from(said.padEnd(right.length)));
    });
    if (!matches) return fail({ code: this.mismatch, message: 'The signature does not match.' });
    return ok({ sentAt: time === '' ? null : new Date(time) });
  }

  override parse(body: Uint8Array): Result<readonly WebhookHint[], WebhookRefusal> {
    let news: unknown;
    try {
      news = JSON.parse(Buffer.from(body).toString());
    } catch {
      return fail({ code: 'webhook.malformed', message: 'The body is not JSON.' });
    }
    if (typeof news !== 'object' || news === null) return ok([]);
    const { event = 'news', at, credential, user, dataChanged = false } = news as FakeNews;
    if (event === 'crash') throw new RangeError('deep');
    return ok([
      {
        event,
        at: at === undefined ? null : new Date(at),
        credentialId: credential === undefined ? null : new Opened(credential),
        user: user === undefined ? null : (user as ProviderUserRef),
        dataChanged,
      },
    ]);
  }

  override register(url: string): Promise<Result<WebhookRegistration, ProviderFailure>> {
    const [id, secret] = [randomUUID(), `registered-${randomUUID()}`];
    this.endpoints.set(id, { url, secret });
    this.whenRegistered(secret);
    return Promise.resolve(ok({ vendorId: new Opened(id), url, secret: new Opened(secret) }));
  }

  override registrations(): Promise<Result<readonly WebhookRegistration[], ProviderFailure>> {
    const all = [...this.endpoints].map(([id, { url }]) => ({ vendorId: new Opened(id), url, secret: null }));
    return Promise.resolve(ok(all));
  }

  override unregister(vendorId: SecretValue): Promise<Result<{ readonly alreadyGone: boolean }, ProviderFailure>> {
    return Promise.resolve(ok({ alreadyGone: !this.endpoints.delete(vendorId.reveal('to forget it')) }));
  }
}

/** A `ProviderFake` that sends webhooks. */
export class WebhookProviderFake extends ProviderFake {
  override readonly webhooks: WebhookReceiverFake;

  constructor(id: string, receiver = new WebhookReceiverFake()) {
    super(id, { webhooks: true });
    this.webhooks = receiver;
  }
}
