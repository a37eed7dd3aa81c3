import { at, NOON } from '../../../test/factories/connection.factory.js';
import { consentRenewableFrom, consentStatus, dataStatus, FRESHNESS_MS, RENEWAL_WINDOW_MS } from './clocks.js';

describe('consent clock', () => {
  it.each([
    ['none', null],
    ['expired', at(-1)],
    ['expired', NOON],
    ['expiring', at(1)],
    ['expiring', at(RENEWAL_WINDOW_MS)],
    ['valid', at(RENEWAL_WINDOW_MS + 1)],
  ])('is %s for an end at %p', (status, consentExpiresAt) => {
    expect(consentStatus({ consentExpiresAt }, NOON)).toBe(status);
  });

  it('can be renewed exactly seven days before its end', () => {
    expect(consentRenewableFrom(new Date('2027-02-18T10:00:00Z'))).toEqual(new Date('2027-02-11T10:00:00Z'));
    expect(consentRenewableFrom(null)).toBeNull();
  });
});

describe('freshness clock', () => {
  it.each([
    ['never', null],
    ['fresh', NOON],
    ['fresh', at(1)],
    ['fresh', at(-FRESHNESS_MS)],
    ['stale', at(-FRESHNESS_MS - 1)],
  ])('is %s for data of %p', (status, dataAsOf) => {
    expect(dataStatus({ dataAsOf }, NOON)).toBe(status);
  });

  it('allows 36 hours', () => {
    expect(FRESHNESS_MS).toBe(36 * 60 * 60 * 1000);
  });
});
