import type { Cause } from '../../credentials/observation.js';
import { consentStatus, dataStatus, FRESHNESS_MS } from './clocks.js';
import type { Connection } from './connection.js';
import type { ConnectionEvent } from './connection-event.js';
import type { ConnectionState } from './connection-state.js';
import type { Actor } from './next-action.js';
import type { ExplainedAttempt, ExplainedFacts } from './explained-facts.js';

const HOUR = 3_600_000;

export const WHO: Readonly<Record<Actor, string>> = {
  user: 'Who acts: user.',
  bank: 'Who acts: bank. Nobody else needs to do anything.',
  provider: 'Who acts: provider. Nobody else needs to do anything.',
  operator: 'Who acts: operator.',
  nobody: 'Who acts: nobody.',
};

/** `snake_case` as words. Codes are ours or one word of the provider's. */
export function words(code: string): string {
  return code.replaceAll('_', ' ');
}

export function stateSentence({ state, cause, stateSince, providerStatus }: Connection): string {
  const word = providerStatus === '' ? '' : `; the provider calls it ${providerStatus}`;
  return `The connection is ${words(state)}${because(cause)} since ${stateSince.toISOString()}${word}.`;
}

function because(cause: Cause): string {
  return cause === 'none' ? '' : ` (${words(cause)})`;
}

export function consentSentence(connection: Connection, now: Date): string {
  const { consentExpiresAt: ends, consentRenewableFrom: from } = connection;
  if (ends === null) return 'The provider does not say when the consent ends.';
  switch (consentStatus(connection, now)) {
    case 'expired':
      return `The consent ended at ${ends.toISOString()}.`;
    case 'expiring':
      return from === null
        ? `The consent ends at ${ends.toISOString()}. This provider lets it be renewed only then.`
        : `The consent ends at ${ends.toISOString()}. It can be renewed now; it stays valid meanwhile.`;
    case 'none':
    case 'valid':
      return from === null
        ? `The consent is valid until ${ends.toISOString()}.`
        : `The consent is valid until ${ends.toISOString()}. It can be renewed from ${from.toISOString()}.`;
  }
}

export function dataSentence(connection: Connection, now: Date): string {
  const { dataAsOf, degradedGroups } = connection;
  if (dataAsOf === null) return 'The provider has told of no data yet.';
  const old = dataStatus(connection, now) === 'stale' ? `, older than ${String(FRESHNESS_MS / HOUR)} hours` : '';
  const missing = degradedGroups.length === 0 ? '' : ` The last fetch failed for: ${degradedGroups.join(', ')}.`;
  return `The data is of ${dataAsOf.toISOString()}${old}.${missing}`;
}

const WITHOUT_PLAN: Readonly<Record<ConnectionState, string>> = {
  pending: 'No sync is planned while the provider is working.',
  authenticating: 'No sync is planned while the provider is working.',
  syncing: 'No sync is planned while the provider is working.',
  awaiting_user: 'No sync is planned until the user has answered.',
  active: 'No sync is planned.',
  retrying: 'No sync is planned until the trouble is over; the provider is read again.',
  reauth_required: 'No sync is planned until the user has renewed the access.',
  blocked: 'No sync is planned: it could lock the user out at the bank.',
  failed: 'No sync is planned: only a new connection helps.',
  deleting: 'Nothing is fetched any more.',
  deleted: 'Nothing is fetched any more.',
};

export function syncSentence({ state, syncPausedAt, nextSyncAt }: Connection): string {
  if (syncPausedAt !== null) {
    return `Syncing is paused since ${syncPausedAt.toISOString()}. Nothing is fetched until somebody resumes it.`;
  }
  return nextSyncAt === null ? WITHOUT_PLAN[state] : `The next sync is planned for ${nextSyncAt.toISOString()}.`;
}

export function quotaSentence(
  { capabilities, spent }: Pick<ExplainedFacts, 'capabilities' | 'spent'>,
  left: number,
): string {
  const attended = `In the last 24 hours there were ${String(spent.attended)} refreshes with the user there.`;
  switch (capabilities.refresh) {
    case 'by_provider':
      return 'The provider fetches by itself; Mooring only reads what it has.';
    case 'user_present':
      return `The provider fetches only with the user there. ${attended}`;
    case 'on_demand': {
      const most = String(capabilities.limits.unattendedRefreshesPerDay);
      return `Of ${most} refreshes without the user in 24 hours, ${String(left)} are left. ${attended}`;
    }
  }
}

export function loginSentence({ wrongLoginCount }: Connection, { refused, most }: ExplainedFacts['login']): string {
  if (refused >= most) {
    return `The bank refused the same login ${String(refused)} times. It is not sent again until the user gives another one.`;
  }
  const count = Math.max(wrongLoginCount, refused);
  return count === 0
    ? 'The bank has not refused the login since it last worked.'
    : `The bank refused a login ${String(count)} times. The same one is sent at most ${String(most)} times.`;
}

export function attemptSentence({ startedAt, trigger, attended, outcome, spent }: ExplainedAttempt): string {
  const user = attended ? 'with the user' : 'without the user';
  const counted = spent ? '' : ' It does not count.';
  return `${startedAt.toISOString()}: refresh through ${trigger}, ${user}: ${ending(outcome)}.${counted}`;
}

function ending(outcome: string | null): string {
  if (outcome === null) return 'not finished';
  return outcome === 'abandoned' ? 'the process died, it may have happened' : outcome;
}

export function eventSentence(event: ConnectionEvent): string {
  const { from, to, cause, trigger, actor, evidence } = event;
  const step = from === null ? `Created as ${words(to)}` : `${words(from)} → ${words(to)}`;
  const why = cause === 'none' ? '' : `, because of ${words(cause)}`;
  const word = evidence.providerStatus === undefined ? '' : `; the provider said ${evidence.providerStatus}`;
  const code = evidence.providerErrorCode === undefined ? '' : ` (${evidence.providerErrorCode})`;
  const note = evidence.note === undefined ? '' : `; ${evidence.note}`;
  return `${event.at.toISOString()}: ${step}${why}. Through ${trigger} by ${actor}${word}${code}${note}.`;
}
