import { createHash } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';

import { fail, type Result } from '../../credentials/result.js';
import type { WebhookHint, WebhookReceiver, WebhookRefusal } from '../../credentials/webhook-receiver.js';
import { LookupHash } from '../../platform/crypto/lookup-hash.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { Sealed } from '../../platform/crypto/sealed.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import { Ids } from '../../platform/ids/ids.js';
import { Clock } from '../../platform/time/clock.js';
import { bodyAddress, type NewWebhook, type TakenWebhooks } from './inbox-webhook.js';

const UNREADABLE: WebhookRefusal = { code: 'webhook.malformed', message: 'The body cannot be read.' };

/** Between a body and its row: whom it is about, and the seal. */
@Injectable()
export class WebhookFactory {
  private readonly log = new Logger(WebhookFactory.name);

  constructor(
    private readonly sealer: Sealer,
    private readonly lookup: LookupHash,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** @param sentAt as it was signed. */
  webhook(provider: string, receiver: WebhookReceiver, body: Uint8Array, sentAt: Date | null): NewWebhook {
    const id = this.ids.next();
    const parsed = this.parse(receiver, body);
    const hints = parsed.ok ? parsed.value : [];
    const subject = this.subject(provider, hints);
    const status = parsed.ok ? (subject ? 'received' : 'ignored') : 'malformed';
    return {
      ...{ id, provider, subject, sentAt, status },
      digest: createHash('sha256').update(body).digest('base64url'),
      bodySealed: status === 'received' ? this.seal(id, body) : null,
      dataChanged: hints.some(({ dataChanged }) => dataChanged),
      hintAt: newest(hints),
      receivedAt: this.clock.now(),
    };
  }

  /** Of the webhook that stands for the others; they are all about the same. */
  hintsOf(receiver: WebhookReceiver, { lead }: Pick<TakenWebhooks, 'lead'>): readonly WebhookHint[] {
    const text = this.sealer.open(lead.bodySealed, bodyAddress(lead.id), 'to read whom it is about');
    const parsed = this.parse(receiver, Buffer.from(text.reveal('to parse it'), 'base64'));
    return parsed.ok ? parsed.value : [];
  }

  private seal(id: string, body: Uint8Array): Sealed {
    return this.sealer.seal(new Opened(Buffer.from(body).toString('base64')), bodyAddress(id));
  }

  /** A body that breaks the parser would come again and again. */
  private parse(receiver: WebhookReceiver, body: Uint8Array): Result<readonly WebhookHint[], WebhookRefusal> {
    try {
      return receiver.parse(body);
    } catch (error) {
      this.log.error({ errorName: error instanceof Error ? error.name : typeof error }, 'a webhook broke its parser');
      return fail(UNREADABLE);
    }
  }

  /** The same for all webhooks about the same credentials and users; `null` = about nobody. */
  private subject(provider: string, hints: readonly WebhookHint[]): string | null {
    const names = hints.flatMap(({ credentialId, user }) => {
      if (credentialId) return [`credential ${credentialId.reveal('to hash it for the look-up')}`];
      return user ? [`user ${user}`] : [];
    });
    return names.length === 0 ? null : this.lookup.of('webhook-subject', provider, ...[...new Set(names)].sort());
  }
}

function newest(hints: readonly WebhookHint[]): Date | null {
  const times = hints.flatMap(({ at }) => (at ? [at.getTime()] : []));
  return times.length === 0 ? null : new Date(Math.max(...times));
}
