import type { Observation, ObservedState } from '../../src/credentials/observation.js';
import { NOON } from './connection.factory.js';
import { field } from './field.factory.js';

const CAUSE_OF: Readonly<Record<ObservedState, Observation['cause']>> = {
  pending: 'first_load',
  authenticating: 'none',
  awaiting_user: 'user_interaction',
  syncing: 'none',
  active: 'none',
  retrying: 'bank_unavailable',
  reauth_required: 'consent_expired',
  blocked: 'wrong_credentials',
  failed: 'permanent',
  deleted: 'none',
};

/** A reading as a provider gives it for `state`, newer than the connections of the factory. */
export function observed(state: ObservedState, changes: Partial<Observation> = {}): Observation {
  return {
    state,
    cause: CAUSE_OF[state],
    providerStatus: `WORD_${state.toUpperCase()}`,
    providerStatusAt: NOON,
    ...(state === 'awaiting_user' && {
      challenge: { kind: 'submit_information', expiresAt: new Date(NOON.getTime() + 120_000), fields: [field()] },
    }),
    ...changes,
  };
}
