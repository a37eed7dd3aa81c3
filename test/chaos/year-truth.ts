import { tinkCredential } from './year-dialogues.js';
import type { YearGround } from './year-ground.js';
import type { Person } from './year-people.js';

/** What a connection must be by what the provider knows. Written from design/domain.md §3 alone. */
export interface Truth {
  /** Any of them. */
  readonly states: readonly string[];
  /** The provider's own word, for reports. */
  readonly word: string;
  /** Epoch milliseconds, `null` where the provider has or tells none. */
  readonly dataAsOf: number | null;
  readonly consentEnds: number | null;
  /** The card could be refreshed by the next nightly run. Flinks only. */
  readonly nightly: boolean;
}

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** Of Flinks' nightly run, UTC. */
const NIGHT_AT = 4 * 3_600_000;
const GONE: Truth = { states: ['failed'], word: 'gone', dataAsOf: null, consentEnds: null, nightly: false };

export function truthOf(ground: YearGround, person: Person): Truth {
  switch (person.provider) {
    case 'tink':
      return tinkTruth(ground, person);
    case 'flanks':
      return flanksTruth(ground, person);
    case 'flinks':
      return flinksTruth(ground, person);
  }
}

const TINK_STATES: Readonly<Record<string, string>> = {
  AUTHENTICATING: 'authenticating',
  AWAITING_SUPPLEMENTAL_INFORMATION: 'awaiting_user',
  AWAITING_MOBILE_BANKID_AUTHENTICATION: 'awaiting_user',
  AWAITING_THIRD_PARTY_APP_AUTHENTICATION: 'awaiting_user',
  UPDATING: 'syncing',
  UPDATED: 'active',
  TEMPORARY_ERROR: 'retrying',
  SESSION_EXPIRED: 'reauth_required',
  PERMANENT_ERROR: 'failed',
  DELETED: 'deleted',
};

function tinkTruth(ground: YearGround, person: Person): Truth {
  const credential = tinkCredential(ground, person);
  if (!credential) return GONE;
  const { status, detailedError, updated, sessionExpiryDate } = credential;
  const reason = detailedError?.details.reason ?? '';
  const facts = { dataAsOf: null, consentEnds: sessionExpiryDate, nightly: false, word: `${status} ${reason}` };
  if (status === 'CREATED') return { ...facts, states: [updated === null ? 'pending' : 'authenticating'] };
  if (status !== 'AUTHENTICATION_ERROR') return { ...facts, states: [TINK_STATES[status] ?? 'unknown'] };
  if (['PROVIDER_ERROR', 'TINK_SIDE_ERROR'].includes(detailedError?.type ?? '')) {
    return { ...facts, states: ['retrying'] };
  }
  const locked = ['STATIC_CREDENTIALS_INCORRECT', 'USER_BLOCKED'].includes(reason);
  return { ...facts, states: [locked ? 'blocked' : 'reauth_required'] };
}

function flanksTruth(ground: YearGround, { username }: Person): Truth {
  const found = ground.flanks.state().credentials.find((each) => each.username === username);
  if (!found) return GONE;
  const { blocked, tokens, pending, lastUpdate } = found;
  const state = blocked ? 'blocked' : tokens.sca ? 'reauth_required' : pending ? 'pending' : 'active';
  return { states: [state], word: state, dataAsOf: lastUpdate, consentEnds: null, nightly: false };
}

const FLINKS_STATES: Readonly<Record<string, string>> = {
  INVALID_LOGIN: 'blocked',
  INVALID_USERNAME: 'blocked',
  INVALID_PASSWORD: 'blocked',
  DISABLED_LOGIN: 'blocked',
  NEW_ACCOUNT: 'blocked',
  UNAUTHORIZED: 'blocked',
  QUESTION_NOT_FOUND: 'reauth_required',
  INVALID_SECURITY_RESPONSE: 'reauth_required',
  INVALID_SECURITY_RESPONSE_NO_RETRY: 'reauth_required',
};
const PASSING = [
  ...['RETRY_LATER', 'AGGREGATION_ERROR', 'SESSION_EXPIRED', 'DISABLED_INSTITUTION', 'UNAUTHORIZED'],
  ...['SESSION_NONEXISTENT', 'BANK_MAINTENANCE_RETRY_LATER'],
];

/** By what a cached call says: the error of the last refresh, else the data. */
function flinksTruth(ground: YearGround, { institutionId, username }: Person): Truth {
  const { now, cards } = ground.flinks.state();
  const card = cards.find((each) => each.institution === institutionId && each.username === username);
  if (!card) return GONE;
  const { lastRefreshError: error, dataAsOf, aggregating, isScheduledRefresh, hasCredentials } = card;
  const recent = dataAsOf !== null && nightAfter(now) - dataAsOf <= WEEK;
  const passing = error === null || PASSING.includes(error);
  const facts = {
    ...{ dataAsOf, consentEnds: null, word: error ?? card.lastRefreshState },
    nightly: isScheduledRefresh && hasCredentials && !aggregating && recent && passing,
  };
  if (error !== null) return { ...facts, states: [FLINKS_STATES[error] ?? 'retrying'] };
  if (dataAsOf !== null) return { ...facts, states: ['active'] };
  // Nothing is kept any more: the vendor says INVALID_LOGIN, as for a card that it does not have.
  return { ...facts, states: aggregating ? ['syncing', 'pending'] : ['failed', 'blocked'] };
}

/** The next four o'clock: data that is too old by then has the card left out. */
function nightAfter(now: number): number {
  return (Math.floor((now - NIGHT_AT) / DAY) + 1) * DAY + NIGHT_AT;
}

/** How often the bank was tried for this person by calls of ours, the user there or not. */
export function attemptsOf(ground: YearGround, person: Person): number {
  if (person.provider === 'flanks') {
    const found = ground.flanks.state().credentials.find(({ username }) => username === person.username);
    return found?.bankAttempts.user ?? 0;
  }
  if (person.provider === 'flinks') {
    const { institutionId: institution, username } = person;
    return ground.flinks.attempts({ institution, username }).filter(({ cause }) => cause !== 'nightly').length;
  }
  const id = tinkCredential(ground, person)?.id;
  if (id === undefined) return 0;
  const calls = ground.tink.calls({ path: `/credentials/${id}` });
  return calls.filter(({ method, path }) => method !== 'GET' && method !== 'DELETE' && !path.endsWith('/qr')).length;
}
