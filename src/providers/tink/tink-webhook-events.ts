import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { WebhookHint, WebhookRefusal } from '../../credentials/webhook-receiver.js';
import { Opened } from '../../platform/crypto/opened.js';
import { jsonIn, parsed, type Shape } from '../../platform/http/json-shape.js';
import { parseTinkTime } from './tink-time.js';

/** Events that concern account data. Tink would also send those of payments, insights and mandates. */
export const TINK_EVENTS = [
  'refresh:finished',
  'account:created',
  'account:updated',
  'account-transactions:modified',
  'account-booked-transactions:modified',
  'account-transactions:deleted',
] as const;

const CHANGES_DATA: ReadonlySet<string> = new Set([
  ...TINK_EVENTS.filter((event) => event !== 'refresh:finished'),
  'balance-refresh:finished',
]);

const LONGEST_EVENT = 100;
const LONGEST_ID = 200;

/** One webhook tells of one event. Only `refresh:finished` names a credential; the others name an account of the user. */
export function hintsOf(body: Uint8Array): Result<readonly WebhookHint[], WebhookRefusal> {
  const hint = parsed(jsonIn(Buffer.from(body).toString('utf8')), readHint);
  return hint ? ok([hint]) : fail({ code: 'webhook.malformed', message: 'The body is not one of the events of Tink.' });
}

function readHint(body: Shape): WebhookHint {
  const event = body.text('event').slice(0, LONGEST_EVENT);
  const content = part(body, 'content');
  const credentialId = id(content, 'credentialsId');
  const user = id(part(body, 'context'), 'externalUserId') ?? id(content, 'externalUserId');
  return {
    event,
    at: content?.attempt((inner) => inner.optionalAs('finished', parseTinkTime)) ?? null,
    credentialId: credentialId === null ? null : new Opened(credentialId),
    user: user as ProviderUserRef | null,
    dataChanged: CHANGES_DATA.has(event) || (event === 'refresh:finished' && hasNewData(content)),
  };
}

/** One page of the documentation writes the status with a prefix. */
function hasNewData(content: Shape | undefined): boolean {
  const status = id(content, 'credentialsStatus') ?? id(content, 'status') ?? '';
  return status.replace(/^STATUS_/, '') === 'UPDATED';
}

/** What is odd in the details is left out: the event itself is still a hint. */
function part(body: Shape, key: string): Shape | undefined {
  return body.attempt((inner) => inner.optionalObject(key));
}

function id(body: Shape | undefined, key: string): string | null {
  const text = body?.attempt((inner) => inner.filledText(key)) ?? null;
  return text !== null && text.length <= LONGEST_ID ? text : null;
}
