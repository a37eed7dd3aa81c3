import { OBSERVED_STATES } from '../../credentials/observation.js';
import { checkTransitions, CONNECTION_STATES, isMoving, MOVING_STATES, TRANSITIONS } from './connection-state.js';

describe('states', () => {
  it('are what providers observe, and our own deletion', () => {
    expect(CONNECTION_STATES).toEqual([...OBSERVED_STATES, 'deleting']);
    expect(new Set(CONNECTION_STATES).size).toBe(11);
  });

  it('move in four of them', () => {
    expect(CONNECTION_STATES.filter(isMoving)).toEqual([...MOVING_STATES]);
    expect(MOVING_STATES).toEqual(['pending', 'authenticating', 'awaiting_user', 'syncing']);
  });
});

describe('checkTransitions', () => {
  it('accepts the real table', () => {
    checkTransitions();
    expect(TRANSITIONS.deleted).toEqual([]);
    expect(TRANSITIONS.deleting).toEqual(['deleted', 'deleting']);
  });

  it.each(CONNECTION_STATES)('misses the row of %s', (state) => {
    const { [state]: _gone, ...rest } = TRANSITIONS;
    expect(() => {
      checkTransitions(rest);
    }).toThrow(`The transition table has no row for "${state}".`);
  });

  it('finds a target that is no state', () => {
    expect(() => {
      checkTransitions({ ...TRANSITIONS, active: ['deleted', 'asleep'] });
    }).toThrow('The transition table leads from "active" to unknown "asleep".');
  });

  it('finds a row that is no state', () => {
    expect(() => {
      checkTransitions({ ...TRANSITIONS, asleep: ['deleted'] });
    }).toThrow('The transition table has a row for unknown "asleep".');
  });

  it('finds a state that can never be deleted, also in a circle', () => {
    expect(() => {
      checkTransitions({ ...TRANSITIONS, active: ['retrying'], retrying: ['active'] });
    }).toThrow('"active" can never be deleted.');
  });

  it('finds a way out of a deletion', () => {
    expect(() => {
      checkTransitions({ ...TRANSITIONS, deleted: ['active'] });
    }).toThrow('The transition table leads out of "deleted".');
    expect(() => {
      checkTransitions({ ...TRANSITIONS, deleting: ['deleted', 'active'] });
    }).toThrow('The transition table leads out of "deleting".');
  });
});
