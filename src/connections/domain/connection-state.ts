import { OBSERVED_STATES, type ObservedState } from '../../credentials/observation.js';

/** What a connection can be: what a provider observes, and `deleting`, which only we know. */
export type ConnectionState = ObservedState | 'deleting';

export const CONNECTION_STATES: readonly ConnectionState[] = [...OBSERVED_STATES, 'deleting'];

const MOVING = ['pending', 'authenticating', 'awaiting_user', 'syncing'] as const satisfies readonly ConnectionState[];
export type MovingState = (typeof MOVING)[number];

export const MOVING_STATES: readonly MovingState[] = MOVING;

/** A moving connection changes by itself soon; a settled one stays until someone acts or a sync runs. */
export function isMoving(state: ConnectionState): state is MovingState {
  return (MOVING as readonly ConnectionState[]).includes(state);
}

const LIVE = OBSERVED_STATES;

/**
 * Which states may follow which. The provider is the truth, so a live connection may be found in any state;
 * what the table forbids is leaving a deletion.
 */
export const TRANSITIONS: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  pending: [...LIVE, 'deleting'],
  authenticating: [...LIVE, 'deleting'],
  awaiting_user: [...LIVE, 'deleting'],
  syncing: [...LIVE, 'deleting'],
  active: [...LIVE, 'deleting'],
  retrying: [...LIVE, 'deleting'],
  reauth_required: [...LIVE, 'deleting'],
  blocked: [...LIVE, 'deleting'],
  failed: [...LIVE, 'deleting'],
  deleting: ['deleted', 'deleting'],
  deleted: [],
};

type Table = Readonly<Record<string, readonly string[]>>;

/** @throws Error when the table misses a state, names an unknown one, or leads out of a deletion. Called at start. */
export function checkTransitions(table: Table = TRANSITIONS): void {
  const isState = (name: string): boolean => (CONNECTION_STATES as readonly string[]).includes(name);
  const stray = Object.keys(table).find((name) => !isState(name));
  if (stray !== undefined) throw new Error(`The transition table has a row for unknown "${stray}".`);
  for (const state of CONNECTION_STATES) {
    const targets = table[state];
    if (!targets) throw new Error(`The transition table has no row for "${state}".`);
    const unknown = targets.find((target) => !isState(target));
    if (unknown !== undefined) throw new Error(`The transition table leads from "${state}" to unknown "${unknown}".`);
    if (state !== 'deleted' && !reaches(table, state, 'deleted')) throw new Error(`"${state}" can never be deleted.`);
  }
  for (const [state, targets] of Object.entries({ deleting: ['deleting', 'deleted'], deleted: [] as string[] })) {
    if (!table[state]?.every((target) => targets.includes(target))) {
      throw new Error(`The transition table leads out of "${state}".`);
    }
  }
}

function reaches(table: Table, from: string, goal: string): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (state === goal) return true;
    if (seen.has(state)) continue;
    seen.add(state);
    open.push(...(table[state] ?? []));
  }
  return false;
}
