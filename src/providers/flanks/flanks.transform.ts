import type { CredentialSnapshot } from '../../credentials/credentials.service.js';
import type { LinkPurpose } from '../../credentials/link-purpose.js';
import type { Observation } from '../../credentials/observation.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { FlanksTrouble } from './flanks-refusals.js';
import type { FlanksStatus } from './flanks.types.js';

/** Flanks has flags instead of a status; these words of ours name their combinations. */
type Word = 'BLOCKED' | 'PENDING_SCA' | 'PENDING' | 'ACTIVE';
type Reading = Pick<Observation, 'state' | 'cause'>;

const READINGS: Readonly<Record<Word, Reading>> = {
  BLOCKED: { state: 'blocked', cause: 'credentials_changed' },
  PENDING_SCA: { state: 'reauth_required', cause: 'sca_required' },
  PENDING: { state: 'pending', cause: 'first_load' },
  ACTIVE: { state: 'active', cause: 'none' },
};

/** What stops Flanks longest wins: without a login no authentication helps, and without that no load ends. */
function wordOf({ blocked, scaToken, pending }: FlanksStatus): Word {
  if (blocked) return 'BLOCKED';
  if (scaToken !== null) return 'PENDING_SCA';
  return pending ? 'PENDING' : 'ACTIVE';
}

/** Flanks gives no time of a change: `last_update_timestamp` stands still when a credential stops working. */
export function toObservation(status: FlanksStatus): Observation {
  const word = wordOf(status);
  return {
    ...READINGS[word],
    providerStatus: word,
    providerStatusAt: null,
    ...(status.lastUpdate !== undefined && { dataAsOf: status.lastUpdate }),
    ...(status.failedGroups && { degradedGroups: status.failedGroups }),
  };
}

/** Nothing of a login is ever shown, so `loginIdentity` is `null`. */
export function toSnapshot(credentialsToken: string, status: FlanksStatus): CredentialSnapshot {
  return {
    credentialId: new Opened(credentialsToken),
    institutionId: status.bank,
    loginIdentity: null,
    observation: toObservation(status),
  };
}

/** Whether a visit has done its work. A token that was forced stays until the page has used it. */
export function repaired(status: FlanksStatus, purpose: Exclude<LinkPurpose, 'connect'>): boolean {
  if (status.blocked) return false;
  return purpose === 'renew' ? status.scaToken === null : status.resetToken === null;
}

const OBSERVATIONS: ReadonlyMap<FlanksTrouble, Reading & Pick<Observation, 'providerStatus'>> = new Map([
  ['processing', { state: 'syncing', cause: 'none', providerStatus: 'PROCESSING' }],
  ['bank_trouble', { state: 'retrying', cause: 'bank_unavailable', providerStatus: 'BANK_ERROR' }],
  ['wrong_login', { state: 'blocked', cause: 'wrong_credentials', providerStatus: 'CREDENTIALS_ERROR' }],
  ['sca_required', { state: 'reauth_required', cause: 'sca_required', providerStatus: 'SCA_REQUIRED' }],
] as const);

/** What a numbered refusal says of the credential itself, where it says something. */
export function observationOf(trouble: FlanksTrouble): Observation | undefined {
  const reading = OBSERVATIONS.get(trouble);
  return reading && { ...reading, providerStatusAt: null };
}
