import type { Capabilities } from '../../credentials/capabilities.js';
import { ProviderFake } from '../../../test/fakes/provider.fake.js';
import { capabilityMismatches } from './capability-check.js';

const LIMITS = 'Provider "fake" publishes limits that are not usable numbers.';

const mismatches = (changes: Partial<Capabilities>) => capabilityMismatches(new ProviderFake('fake', changes));
const limited = (unattendedRefreshesPerDay: number, settleWithinMs: number) =>
  mismatches({ limits: { unattendedRefreshesPerDay, settleWithinMs } });

describe('capabilityMismatches', () => {
  it('finds nothing where promises and ports agree', () => {
    expect(mismatches({})).toEqual([]);
  });

  it('says everything at once, one sentence each', () => {
    expect(
      mismatches({ users: false, connect: [], limits: { unattendedRefreshesPerDay: -1, settleWithinMs: 1 } }),
    ).toEqual([
      'Provider "fake" has a port for "users" and does not publish it.',
      'Provider "fake" offers no way to connect.',
      LIMITS,
    ]);
  });

  it.each([
    [0, 1],
    [4, 1_800_000],
  ])('takes %p refreshes and %p ms', (refreshes, settle) => {
    expect(limited(refreshes, settle)).toEqual([]);
  });

  it.each([
    [-1, 1],
    [0.5, 1],
    [NaN, 1],
    [Infinity, 1],
    [4, 0],
    [4, -1],
    [4, NaN],
    [4, Infinity],
  ])('refuses %p refreshes and %p ms', (refreshes, settle) => {
    expect(limited(refreshes, settle)).toEqual([LIMITS]);
  });
});
