import type { Capabilities } from '../../credentials/capabilities.js';
import type { Connection } from './connection.js';

export type RefreshDecision =
  | { readonly kind: 'go' }
  /** One is under way: the caller gets the connection as it is. */
  | { readonly kind: 'already_running' }
  | {
      readonly kind: 'refuse';
      readonly code: 'connection.not_refreshable' | 'capability_unsupported';
      readonly reason: string;
    };

/** May this connection be refreshed now? Pure; the reason is also what the caller reads. */
export function mayRefresh(
  connection: Pick<Connection, 'state' | 'syncPausedAt'>,
  capabilities: Pick<Capabilities, 'refresh'>,
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
    case 'retrying':
      return { kind: 'go' };
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

function refuse(reason: string): RefreshDecision {
  return { kind: 'refuse', code: 'connection.not_refreshable', reason };
}
