import { STATUSES } from '../wire.types.js';
import { ARCS, isAwaiting, isSettled, mayMove } from './transitions.js';

/** Copied from the vendor's table, line by line; AWAITING_* stands for three. */
const TABLE = `
(new) > CREATED
CREATED > AUTHENTICATING AUTHENTICATION_ERROR TEMPORARY_ERROR PERMANENT_ERROR
AUTHENTICATING > AWAITING_* UPDATING AUTHENTICATION_ERROR TEMPORARY_ERROR
AWAITING_* > AWAITING_* UPDATING AUTHENTICATION_ERROR TEMPORARY_ERROR
UPDATING > UPDATED TEMPORARY_ERROR
UPDATED > AUTHENTICATING CREATED SESSION_EXPIRED DELETED PERMANENT_ERROR
SESSION_EXPIRED > AUTHENTICATING CREATED PERMANENT_ERROR
AUTHENTICATION_ERROR > AUTHENTICATING CREATED DELETED PERMANENT_ERROR
TEMPORARY_ERROR > AUTHENTICATING CREATED DELETED PERMANENT_ERROR
`;

const arcs = TABLE.trim()
  .split('\n')
  .flatMap((line) => {
    const [from = '', targets = ''] = line.split(' > ');
    return targets.split(' ').map((to) => `${from}>${to}`);
  });

const family = (status: string): string => (status.startsWith('AWAITING_') ? 'AWAITING_*' : status);

describe('the transition table', () => {
  it('has the 31 published arcs', () => {
    expect(arcs).toHaveLength(31);
    expect(Object.values(ARCS).flat()).toHaveLength(31);
  });

  it.each(['(new)' as const, ...STATUSES])('allows from %s exactly what is published', (from) => {
    const allowed = STATUSES.filter((to) => mayMove(from, to));
    expect(allowed).toEqual(STATUSES.filter((to) => arcs.includes(`${family(from)}>${family(to)}`)));
  });

  it('knows which statuses wait for the user and which end a run', () => {
    expect(STATUSES.filter(isAwaiting)).toHaveLength(3);
    expect(STATUSES.filter(isSettled)).toEqual([
      'UPDATED',
      'TEMPORARY_ERROR',
      'AUTHENTICATION_ERROR',
      'PERMANENT_ERROR',
      'SESSION_EXPIRED',
      'DELETED',
    ]);
  });
});
