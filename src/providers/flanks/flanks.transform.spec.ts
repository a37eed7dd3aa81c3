import type { LinkPurpose } from '../../credentials/link-purpose.js';
import { parsed } from '../../platform/http/json-shape.js';
import { fixture } from '../../../test/fixtures/flanks/fixture.js';
import { readStatus } from './flanks.bodies.js';
import { observationOf, repaired, toObservation, toSnapshot } from './flanks.transform.js';

const read = (change: Record<string, unknown> = {}, name = 'status-active') => {
  const status = parsed({ ...fixture(name), ...change }, readStatus);
  if (!status) throw new Error('Not readable.');
  return status;
};
const observed = (change?: Record<string, unknown>, name?: string) => toObservation(read(change, name));

describe("Flanks' status", () => {
  it.each([
    [{}, 'active', 'none', 'ACTIVE'],
    [{ pending: true }, 'pending', 'first_load', 'PENDING'],
    [{ sca_token: 's' }, 'reauth_required', 'sca_required', 'PENDING_SCA'],
    [{ blocked: true, reset_token: 'r' }, 'blocked', 'credentials_changed', 'BLOCKED'],
    [{ pending: true, sca_token: 's' }, 'reauth_required', 'sca_required', 'PENDING_SCA'],
    [{ pending: true, blocked: true, sca_token: 's' }, 'blocked', 'credentials_changed', 'BLOCKED'],
    // A forced token for a new login changes nothing for the data.
    [{ reset_token: 'r', transaction_token: 't' }, 'active', 'none', 'ACTIVE'],
    [{ sca_token: '' }, 'active', 'none', 'ACTIVE'],
    [{ mood: 'good', status: 'RESTING', created: 'yesterday' }, 'active', 'none', 'ACTIVE'],
  ])('%j is %s/%s', (change, state, cause, providerStatus) => {
    expect(observed(change)).toMatchObject({ state, cause, providerStatus, providerStatusAt: null });
  });

  it('asks the user nothing and knows no consent', () => {
    expect(Object.keys(observed()).sort()).toEqual(
      ['cause', 'dataAsOf', 'degradedGroups', 'providerStatus', 'providerStatusAt', 'state'].sort(),
    );
  });

  it.each([
    [{ last_update_timestamp: 1780287120 }, '2026-06-01T04:12:00.000Z'],
    [{ last_update_timestamp: 1780287120000 }, '2026-06-01T04:12:00.000Z'],
    [{ last_update_timestamp: null }, '2026-06-01T04:12:00.000Z'],
    [{ last_update_timestamp: null, time: null }, '2026-06-01T00:00:00.000Z'],
    [{ last_update_timestamp: null, last_update: '01/06/2026' }, undefined],
    [{ last_update_timestamp: null, last_update: '2026-13-45' }, undefined],
    [{ last_update_timestamp: undefined, last_update: null }, undefined],
  ])('with %j has data of %s', (change, time) => {
    expect(observed(change).dataAsOf?.toISOString()).toBe(time);
  });

  it('says that there is no data before the first load', () => {
    expect(observed({}, 'status-pending')).toMatchObject({ state: 'pending', dataAsOf: null, degradedGroups: [] });
  });

  it.each([
    [{ product: { account: true, card: false }, transaction: { card: true } }, ['product.account', 'transaction.card']],
    [{ transactions: { account: true } }, ['transaction.account']],
    [{ transaction: { card: true }, transactions: { card: true } }, ['transaction.card']],
    [{}, []],
    [null, undefined],
    [undefined, undefined],
  ])('with %j failed in %j and stays what it is', (errored, groups) => {
    expect(observed({ errored }).degradedGroups).toEqual(groups);
    expect(observed({ errored }).state).toBe('active');
  });

  it.each([
    [{ pending: undefined }],
    [{ blocked: null }],
    [{ blocked: 'no' }],
    [{ name: null }],
    [{ name: '' }],
    [{ sca_token: 7 }],
    [{ errored: true }],
    [{ errored: { product: 'all' } }],
    [{ last_update_timestamp: 'yesterday' }],
    [{ last_update_timestamp: -1 }],
    [{ last_update_timestamp: 1e300 }],
  ])('with %j cannot be read', (change) => {
    expect(parsed({ ...fixture('status-active'), ...change }, readStatus)).toBeUndefined();
  });

  it('becomes a snapshot that names the bank and nobody', () => {
    const { credentialId, ...snapshot } = toSnapshot('ct_1', read());
    expect(snapshot).toMatchObject({ institutionId: 'testbank', loginIdentity: null });
    expect(credentialId.reveal('test')).toBe('ct_1');
  });
});

describe('a repair', () => {
  it.each<[Exclude<LinkPurpose, 'connect'>, Record<string, unknown>, boolean]>([
    ['renew', {}, true],
    ['renew', { sca_token: 's' }, false],
    ['renew', { blocked: true }, false],
    ['renew', { reset_token: 'r' }, true],
    ['update_login', {}, true],
    ['update_login', { sca_token: 's' }, true],
    ['update_login', { reset_token: 'r' }, false],
    ['update_login', { blocked: true }, false],
  ])('to %s with %j is done: %p', (purpose, change, done) => {
    expect(repaired(read(change), purpose)).toBe(done);
  });
});

describe('a numbered refusal', () => {
  it.each([
    ['processing', 'syncing', 'none'],
    ['bank_trouble', 'retrying', 'bank_unavailable'],
    ['wrong_login', 'blocked', 'wrong_credentials'],
    ['sca_required', 'reauth_required', 'sca_required'],
  ] as const)('%s says %s/%s', (trouble, state, cause) => {
    expect(observationOf(trouble)).toMatchObject({ state, cause, providerStatusAt: null });
  });

  it.each(['server_trouble', 'unknown_element', 'incomplete', 'delayed'] as const)('%s says nothing', (trouble) => {
    expect(observationOf(trouble)).toBeUndefined();
  });
});
