import { createHmac, timingSafeEqual } from 'node:crypto';

import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import type { RawWebhook, WebhookRefusal } from '../../credentials/webhook-receiver.js';

export const SIGNATURE_HEADER = 'x-tink-signature';

/** Tink advises five minutes at least. */
const TOLERANCE_MS = 5 * 60_000;
const LONGEST_HEADER = 2_000;
const MOST_SIGNATURES = 10;
const SECONDS = /^\d{1,12}$/;
const HEX = /^[0-9a-f]{64}$/;

/**
 * `t=<seconds>,v1=<hex>`: HMAC-SHA256 over `t`, a dot and the raw body. Several `v1` may stand there, as while a
 * secret is exchanged; other keys are of no concern.
 * @returns when it was signed.
 */
export function verifySignature(
  { headers, body }: RawWebhook,
  secrets: readonly SecretValue[],
  now: Date,
): Result<{ readonly sentAt: Date }, WebhookRefusal> {
  const header = headers.get(SIGNATURE_HEADER);
  if (header === undefined || header === '') return refused('webhook.unauthenticated', 'The webhook is not signed.');
  const { time, signatures } = partsOf(header);
  if (time === undefined || signatures.length === 0) return mismatch();
  const expected = secrets.map((secret) => signature(secret, time, body));
  // Every pair is compared, so that the time tells nothing.
  const matches = expected.flatMap((one) => signatures.map((other) => timingSafeEqual(one, other)));
  if (!matches.includes(true)) return mismatch();
  const sentAt = new Date(Number(time) * 1000);
  if (Math.abs(now.getTime() - sentAt.getTime()) > TOLERANCE_MS) {
    return refused('webhook.signature_mismatch', 'The webhook was signed too long ago, or by a clock that is wrong.');
  }
  return ok({ sentAt });
}

function partsOf(header: string): { readonly time: string | undefined; readonly signatures: readonly Buffer[] } {
  if (header.length > LONGEST_HEADER) return { time: undefined, signatures: [] };
  const pairs = header.split(',').map((pair) => {
    const [key = '', value = ''] = pair.trim().split('=', 2);
    return { key, value };
  });
  const times = pairs.filter(({ key, value }) => key === 't' && SECONDS.test(value));
  const signatures = pairs.filter(({ key, value }) => key === 'v1' && HEX.test(value)).slice(0, MOST_SIGNATURES);
  return {
    // Two times would leave open which one was signed.
    time: times.length === 1 ? times[0]?.value : undefined,
    signatures: signatures.map(({ value }) => Buffer.from(value, 'hex')),
  };
}

function signature(secret: SecretValue, time: string, body: Uint8Array): Buffer {
  return createHmac('sha256', secret.reveal('to verify a webhook')).update(`${time}.`).update(body).digest();
}

function mismatch(): Result<never, WebhookRefusal> {
  return refused('webhook.signature_mismatch', 'The signature does not match.');
}

function refused(code: WebhookRefusal['code'], message: string): Result<never, WebhookRefusal> {
  return fail({ code, message });
}
