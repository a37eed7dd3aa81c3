import type { Capabilities } from '../../credentials/capabilities.js';
import type { Connection } from './connection.js';

export type RefreshDecision =
  | { readonly kind: 'go'; readonly reason: 'healthy' | 'retry' }
  /** One is under way: the caller gets the connection as it is. */
  | { readonly kind: 'already_running' }
  | {
      readonly kind: 'refuse';
      readonly code: 'connection.not_refreshable' | 'capability_unsupported' | 'provider.rate_limited';
      readonly reason: string;
      readonly retryAt?: Date;
    };

/** May this connection be refreshed now? Pure; the reason is also what the caller reads. */
export function mayRefresh(
  connection: Pick<Connection, 'state' | 'cause' | 'syncPausedAt' | 'retryAt'>,
  capabilities: Pick<Capabilities, 'refresh'>,
  now: Date,
): RefreshDecision {
  if (capabilities.refresh === 'by_provider') {
    return {
      kind: 'refuse',
      code: 'capability_unsupported',
      reason: 'This provider refreshes by itself every day and offers no refresh on demand.',
    };
  }
  if (connection.syncPausedAt !== null) return refuse('Syncing is paused. Resume it first.');
  switch (connection.state) {
    case 'active':
      return { kind: 'go', reason: 'healthy' };
    case 'retrying':
      return isCoolingDown(connection, now) ? coolingDown(connection.retryAt) : { kind: 'go', reason: 'retry' };
    case 'pending':
    case 'authenticating':
    case 'syncing':
      return { kind: 'already_running' };
    case 'awaiting_user':
      return refuse('The user must answer the bank first.');
    case 'reauth_required':
      return refuse('The user must renew the access first.');
    case 'blocked':
      return refuse(
        'The bank does not accept the stored login, or has locked the user. A refresh would make it worse.',
      );
    case 'failed':
      return refuse('The provider gave this connection up. Connect the bank again.');
    case 'deleting':
    case 'deleted':
      return refuse('The connection is deleted.');
  }
}

/** Whoever asks again too early only makes the limit last longer. Other trouble may be over at any moment. */
function isCoolingDown<T extends Pick<Connection, 'cause' | 'retryAt'>>(
  connection: T,
  now: Date,
): connection is T & { readonly retryAt: Date } {
  return connection.cause === 'rate_limited' && connection.retryAt !== null && connection.retryAt > now;
}

function coolingDown(retryAt: Date): RefreshDecision {
  return { kind: 'refuse', code: 'provider.rate_limited', reason: 'The provider limits our calls for now.', retryAt };
}

function refuse(reason: string): RefreshDecision {
  return { kind: 'refuse', code: 'connection.not_refreshable', reason };
}
