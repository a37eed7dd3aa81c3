import type { Capabilities } from '../../credentials/capabilities.js';
import type { Field } from '../../credentials/field.js';
import type { LinkPurpose } from '../../credentials/link-purpose.js';
import type { Cause } from '../../credentials/observation.js';
import type { Connection } from './connection.js';

export type Actor = 'user' | 'bank' | 'provider' | 'operator' | 'nobody';

export const ACTION_KINDS = [
  'none',
  'wait',
  'submit_information',
  'scan_qr',
  'open_app',
  'follow_redirect',
  'retry_later',
  'renew_consent',
  'update_login',
  'act_at_bank',
  'reconnect',
  'resume_sync',
  'investigate',
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** What must happen next, who must do it, and by when. Derived from the connection, never stored. */
export interface NextAction {
  readonly kind: ActionKind;
  readonly by: Actor;
  readonly message: string;
  readonly deadline?: Date;
  readonly retryAt?: Date;
  readonly fields?: readonly Field[];
  readonly url?: string;
  /** Path of the picture, for `scan_qr`. */
  readonly qr?: string;
  /** The action needs a hosted visit of this purpose. */
  readonly linkSession?: { readonly purpose: LinkPurpose };
}

/** An unknown error that came this often in a row is for an operator. */
const UNKNOWN_REPEATED = 3;

type Facts = Pick<Capabilities, 'authenticate' | 'replaceLogin' | 'connect'>;

export function nextAction(connection: Connection, capabilities: Facts, now: Date): NextAction {
  switch (connection.state) {
    case 'pending':
    case 'authenticating':
    case 'syncing':
      return { kind: 'wait', by: 'provider', message: WAITING[connection.state] };
    case 'awaiting_user':
      return challengeAction(connection);
    case 'active':
      return activeAction(connection, capabilities, now);
    case 'retrying':
      return retryAction(connection);
    case 'reauth_required':
      return renewal(REAUTH[connection.cause] ?? 'The bank wants the user to confirm the access again.', capabilities);
    case 'blocked':
      return blockedAction(connection, capabilities);
    case 'failed':
      return reconnection(connection, capabilities);
    case 'deleting':
      return { kind: 'wait', by: 'provider', message: 'The connection is being deleted at the provider.' };
    case 'deleted':
      return { kind: 'none', by: 'nobody', message: 'The connection is deleted.' };
  }
}

const WAITING = {
  pending: 'The first data load is running.',
  authenticating: 'The provider is logging in at the bank.',
  syncing: 'The provider is fetching data from the bank.',
} as const;

const CONSENT_ENDED = 'The consent has ended. The user must renew it at the bank.';

const REAUTH: Partial<Record<Cause, string>> = {
  consent_expired: CONSENT_ENDED,
  sca_required: 'The bank wants the user to authenticate again.',
  challenge_failed: 'The answer was not accepted. The user can try again.',
  challenge_expired: 'The user did not answer in time and can try again.',
  user_cancelled: 'The user cancelled at the bank and can try again.',
};

const FAILED: Partial<Record<Cause, string>> = {
  no_accounts: 'The bank shows no accounts for this login. Connect with another login.',
  permanent: 'The provider gave this connection up. Connect the bank again.',
};

function reconnection({ cause }: Connection, { connect }: Facts): NextAction {
  const hosted = connect.includes('direct') ? {} : { linkSession: { purpose: 'connect' as const } };
  return { kind: 'reconnect', by: 'user', message: FAILED[cause] ?? 'Connect the bank again.', ...hosted };
}

function challengeAction({ id, challenge }: Connection): NextAction {
  if (!challenge) return { kind: 'wait', by: 'provider', message: 'The bank is preparing a question for the user.' };
  const deadline = challenge.expiresAt === null ? {} : { deadline: challenge.expiresAt };
  switch (challenge.kind) {
    case 'submit_information':
      return {
        kind: challenge.kind,
        by: 'user',
        message: submitMessage(challenge.fields),
        ...deadline,
        fields: challenge.fields,
      };
    case 'scan_qr': {
      const message = "Scan the code with the bank's app.";
      const url = challenge.url === undefined ? {} : { url: challenge.url };
      return { kind: challenge.kind, by: 'user', message, ...deadline, ...url, qr: `/v1/connections/${id}/qr` };
    }
    case 'open_app': {
      const url = challenge.url === undefined ? {} : { url: challenge.url };
      return { kind: challenge.kind, by: 'user', message: "Confirm in the bank's app.", ...deadline, ...url };
    }
    case 'follow_redirect':
      return { kind: challenge.kind, by: 'user', message: 'Go on at the bank.', ...deadline, url: challenge.url };
  }
}

function submitMessage(fields: readonly Field[]): string {
  const asked = fields.filter((field) => field.type !== 'info');
  const [only] = asked;
  if (asked.length !== 1 || !only) return 'Answer the questions of the bank.';
  // The label is the bank's own text, often a whole sentence.
  return /[.?!:]$/.test(only.label) ? `The bank asks: ${only.label}` : `Give the bank: ${only.label}.`;
}

/** A provider may report an ended consent late, so the clock counts as much as the state. */
function activeAction(connection: Connection, capabilities: Facts, now: Date): NextAction {
  const { consentExpiresAt: ends, consentRenewableFrom: from } = connection;
  if (ends !== null && ends <= now) return renewal(CONSENT_ENDED, capabilities);
  if (from !== null && from <= now) {
    const deadline = ends === null ? {} : { deadline: ends };
    return { ...renewal('The consent ends soon. The user can renew it now.', capabilities), ...deadline };
  }
  // A pause does not stop a consent from ending, so the user comes first.
  if (connection.syncPausedAt !== null) {
    return { kind: 'resume_sync', by: 'operator', message: 'Syncing is paused. Resume it to get new data.' };
  }
  return { kind: 'none', by: 'nobody', message: 'Nothing to do.' };
}

function retryAction(connection: Connection): NextAction {
  if (connection.cause === 'unknown' && connection.consecutiveFailures >= UNKNOWN_REPEATED) {
    const retry = connection.retryAt === null ? {} : { retryAt: connection.retryAt };
    return {
      kind: 'investigate',
      by: 'operator',
      message: 'The provider repeats an error that we do not know.',
      ...retry,
    };
  }
  const by =
    connection.cause === 'bank_unavailable' || connection.cause === 'institution_disabled' ? 'bank' : 'provider';
  const message =
    by === 'bank' ? 'The bank has trouble. It is tried again.' : 'The provider has trouble. It is tried again.';
  return { kind: 'retry_later', by, message, ...(connection.retryAt === null ? {} : { retryAt: connection.retryAt }) };
}

function renewal(message: string, capabilities: Facts): NextAction {
  const hosted = capabilities.authenticate ? {} : { linkSession: { purpose: 'renew' as const } };
  return { kind: 'renew_consent', by: 'user', message, ...hosted };
}

function blockedAction(connection: Connection, capabilities: Facts): NextAction {
  if (connection.cause === 'account_locked_at_bank' || connection.cause === 'act_at_bank') {
    const message =
      connection.cause === 'act_at_bank'
        ? 'The user must settle something with the bank first.'
        : 'The bank has locked the user. The user must unlock the access at the bank.';
    return { kind: 'act_at_bank', by: 'user', message };
  }
  const hosted = capabilities.replaceLogin ? {} : { linkSession: { purpose: 'update_login' as const } };
  return {
    kind: 'update_login',
    by: 'user',
    message: 'The bank does not accept the login. Give the current one.',
    ...hosted,
  };
}
