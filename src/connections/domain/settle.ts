import type { Observation } from '../../credentials/observation.js';
import type { Connection } from './connection.js';
import { isMoving } from './connection-state.js';
import { isUnknownStatus } from './reading-order.js';

/** How long an accepted call may go without the provider's status moving before the old status is the outcome. */
export const ACCEPTED_GRACE_MS = 60_000;

/**
 * Ends endless movement. A provider that accepted a call and never moved, or that never leaves a moving status, is
 * read as final after a while, so that no connection is stuck.
 *
 * @param settleWithinMs longest time that the provider may keep a credential moving.
 */
export function settle(
  connection: Connection,
  observation: Observation,
  now: Date,
  settleWithinMs: number,
): Observation {
  if (!isMoving(connection.state)) return observation;
  const age = now.getTime() - connection.stateSince.getTime();
  if (observation.state === connection.state || isUnknownStatus(observation)) {
    return age > settleWithinMs ? givenUp(connection, observation) : observation;
  }
  return age > ACCEPTED_GRACE_MS
    ? { ...observation, providerStatusAt: laterThanKnown(connection, observation) }
    : observation;
}

function givenUp(connection: Connection, observation: Observation): Observation {
  const { challenge: _ended, ...rest } = observation;
  return connection.state === 'awaiting_user'
    ? { ...rest, state: 'reauth_required', cause: 'challenge_expired', providerStatusAt: null }
    : { ...rest, state: 'retrying', cause: 'provider_unavailable', providerStatusAt: null };
}

/** `null` when the provider's time has not moved: then there is nothing to compare and the reading counts. */
function laterThanKnown(connection: Connection, observation: Observation): Date | null {
  const known = connection.providerStatusAt?.getTime();
  return observation.providerStatusAt?.getTime() === known ? null : observation.providerStatusAt;
}
