import type { Challenge } from '../../credentials/challenge.js';
import type { Observation } from '../../credentials/observation.js';
import type { Connection } from './connection.js';
import { isMoving, type ConnectionState } from './connection-state.js';

/** A time of the provider that is further ahead of our clock than this is an error, not a time. */
const MOST_AHEAD_MS = 24 * 3_600_000;

/**
 * The reading without times from the far future. One wrong date would make every true reading look out of order, and
 * old data look fresh, until that date comes.
 */
export function believable(observation: Observation, now: Date): Observation {
  const { providerStatusAt, dataAsOf, ...rest } = observation;
  const latest = now.getTime() + MOST_AHEAD_MS;
  const isTooLate = (at: Date | null | undefined): boolean => (at?.getTime() ?? 0) > latest;
  if (!isTooLate(providerStatusAt) && !isTooLate(dataAsOf)) return observation;
  return {
    ...rest,
    providerStatusAt: isTooLate(providerStatusAt) ? null : providerStatusAt,
    ...(dataAsOf !== undefined && !isTooLate(dataAsOf) && { dataAsOf }),
  };
}

export type ReadingOrder = 'older' | 'same' | 'newer';

/** Does the provider's own time tell whether the reading is older than what is known? */
export function isPlaced(
  connection: Pick<Connection, 'providerStatusAt'>,
  observation: Pick<Observation, 'providerStatusAt'>,
): boolean {
  return observation.providerStatusAt !== null && connection.providerStatusAt !== null;
}

/** By the provider's own time. A reading without a time cannot be placed and counts as newer. */
export function compareWithKnown(
  connection: Pick<Connection, 'providerStatusAt'>,
  observation: Pick<Observation, 'providerStatusAt'>,
): ReadingOrder {
  if (observation.providerStatusAt === null || connection.providerStatusAt === null) return 'newer';
  const difference = observation.providerStatusAt.getTime() - connection.providerStatusAt.getTime();
  return difference < 0 ? 'older' : difference === 0 ? 'same' : 'newer';
}

const STOPPED: readonly ConnectionState[] = ['reauth_required', 'blocked', 'failed'];

/**
 * Of two readings with the same time, is the second the same fact with more detail? A link or the reason of an error
 * may be readable only a moment after its status. Another word at the same time is the status from before our call
 * was accepted, and a connection that we gave up is not set in motion again by the status that it hung in.
 */
export function tellsMore(connection: Connection, observation: Observation): boolean {
  // The trouble had no time of the provider's, else this reading would be older. It is over.
  if (connection.state === 'retrying' && isOutcome(observation)) return true;
  if (STOPPED.includes(connection.state) && observation.state === 'active' && isOutcome(observation)) return true;
  if (observation.providerStatus !== connection.providerStatus) return false;
  if (isMoving(connection.state)) return true;
  return connection.cause === 'unknown' && isOutcome(observation);
}

function isOutcome({ state, cause }: Observation): boolean {
  return !isMoving(state) && cause !== 'unknown';
}

/**
 * A status word that the adapter does not know, read as "still working on it". It says nothing about the connection,
 * so it changes nothing; the adapter counts it.
 */
export function isUnknownStatus({ state, cause }: Pick<Observation, 'state' | 'cause'>): boolean {
  return cause === 'unknown' && isMoving(state);
}

/** Does the user see the same question? The deadline is left out: some adapters count it from the reading. */
export function sameQuestion(one: Challenge | null, other: Challenge | null): boolean {
  return JSON.stringify(shown(one)) === JSON.stringify(shown(other));
}

function shown(challenge: Challenge | null): unknown {
  if (!challenge) return null;
  const { kind } = challenge;
  return kind === 'submit_information' ? [kind, challenge.fields] : [kind, challenge.url ?? null];
}
