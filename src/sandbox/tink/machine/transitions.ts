import type { AwaitingStatus, CredentialsStatus } from '../wire.types.js';

/** The three AWAITING_* statuses share their arcs. */
type Family = Exclude<CredentialsStatus, AwaitingStatus> | 'AWAITING';

/** The vendor's published table: 31 arcs with the one into CREATED. */
export const ARCS: Readonly<Record<'(new)' | Family, readonly Family[]>> = {
  '(new)': ['CREATED'],
  CREATED: ['AUTHENTICATING', 'AUTHENTICATION_ERROR', 'TEMPORARY_ERROR', 'PERMANENT_ERROR'],
  AUTHENTICATING: ['AWAITING', 'UPDATING', 'AUTHENTICATION_ERROR', 'TEMPORARY_ERROR'],
  AWAITING: ['AWAITING', 'UPDATING', 'AUTHENTICATION_ERROR', 'TEMPORARY_ERROR'],
  UPDATING: ['UPDATED', 'TEMPORARY_ERROR'],
  UPDATED: ['AUTHENTICATING', 'CREATED', 'SESSION_EXPIRED', 'DELETED', 'PERMANENT_ERROR'],
  SESSION_EXPIRED: ['AUTHENTICATING', 'CREATED', 'PERMANENT_ERROR'],
  AUTHENTICATION_ERROR: ['AUTHENTICATING', 'CREATED', 'DELETED', 'PERMANENT_ERROR'],
  TEMPORARY_ERROR: ['AUTHENTICATING', 'CREATED', 'DELETED', 'PERMANENT_ERROR'],
  PERMANENT_ERROR: [],
  DELETED: [],
};

const SETTLED: readonly CredentialsStatus[] = [
  'UPDATED',
  'TEMPORARY_ERROR',
  'AUTHENTICATION_ERROR',
  'PERMANENT_ERROR',
  'SESSION_EXPIRED',
  'DELETED',
];

export function isAwaiting(status: CredentialsStatus): status is AwaitingStatus {
  return status.startsWith('AWAITING_');
}

/** A run ends on entering one of these. */
export function isSettled(status: CredentialsStatus): boolean {
  return SETTLED.includes(status);
}

export function mayMove(from: CredentialsStatus | '(new)', to: CredentialsStatus): boolean {
  return ARCS[from === '(new)' ? from : familyOf(from)].includes(familyOf(to));
}

function familyOf(status: CredentialsStatus): Family {
  return isAwaiting(status) ? 'AWAITING' : status;
}
