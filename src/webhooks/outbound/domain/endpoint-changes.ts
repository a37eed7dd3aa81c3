import { Failure } from '../../../platform/errors/failure.js';
import type { OutgoingEventType } from '../outbox.js';
import type { WebhookEndpoint } from './endpoint.js';

export interface EndpointChanges {
  readonly url?: string;
  readonly events?: readonly OutgoingEventType[];
  readonly userId?: string | null;
  readonly description?: string | null;
  readonly enabled?: boolean;
}

export interface EndpointWishes extends EndpointChanges {
  readonly url: string;
}

/** @throws Failure `webhook_endpoint.disabled_by_operator` when the owner switches it on again */
export function changed(endpoint: WebhookEndpoint, changes: EndpointChanges, now: Date): WebhookEndpoint {
  const { url, events, userId, description, enabled } = changes;
  return {
    ...endpoint,
    ...(url === undefined ? {} : { url }),
    ...(events === undefined ? {} : { events: [...new Set(events)] }),
    ...(userId === undefined ? {} : { userId }),
    ...(description === undefined ? {} : { description }),
    ...switched(endpoint, enabled, now),
    updatedAt: now,
  };
}

function switched({ disabledReason }: WebhookEndpoint, enabled: boolean | undefined, now: Date) {
  if (enabled === undefined || enabled === (disabledReason === null)) return {};
  if (!enabled) return { disabledReason: 'owner' as const, disabledAt: now };
  if (disabledReason === 'operator') {
    throw new Failure('webhook_endpoint.disabled_by_operator', { detail: 'Ask the operator of Mooring.' });
  }
  return { disabledReason: null, disabledAt: null, failingSince: null };
}

/**
 * What the operator orders, or the endpoint itself when it is so already.
 * @throws Failure `webhook_endpoint.not_disabled_by_operator` when its owner or its receiver switched it off
 */
export function ordered(endpoint: WebhookEndpoint, enabled: boolean, now: Date): WebhookEndpoint {
  const { disabledReason } = endpoint;
  if (disabledReason === (enabled ? null : 'operator')) return endpoint;
  if (!enabled) return { ...endpoint, disabledReason: 'operator', disabledAt: now, updatedAt: now };
  if (disabledReason !== 'operator') {
    throw new Failure('webhook_endpoint.not_disabled_by_operator', { detail: 'Its owner can switch it on.' });
  }
  return { ...endpoint, disabledReason: null, disabledAt: null, failingSince: null, updatedAt: now };
}
