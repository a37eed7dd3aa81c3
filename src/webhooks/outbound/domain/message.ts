import { Webhook } from 'standardwebhooks';

import type { SecretValue } from '../../../credentials/secret-value.js';
import type { EventToSend } from './delivery.js';

/** Of the bodies; it rises when a member is removed or changes its meaning. */
export const BODY_VERSION = 1;

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface MessageBody {
  readonly type: string;
  readonly version: number;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function messageBody({ type, userId, connectionId, data, createdAt }: EventToSend): MessageBody {
  return { type, version: BODY_VERSION, timestamp: createdAt.toISOString(), data: { userId, connectionId, ...data } };
}

/** As Standard Webhooks wants it: one signature for each secret that is valid now. @param now the time of the attempt. */
export function signedMessage(event: EventToSend, secrets: readonly SecretValue[], now: Date): Message {
  const body = JSON.stringify(messageBody(event));
  const signatures = secrets.map((secret) => new Webhook(secret.reveal('to sign')).sign(event.id, now, body));
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': event.id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signatures.join(' '),
    },
  };
}
