import type { Capabilities } from '../../credentials/capabilities.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { LinkFlow } from '../../credentials/link-flow.js';
import { fail } from '../../credentials/result.js';
import { ProviderFake } from '../../../test/fakes/provider.fake.js';
import { capabilityMismatches } from './capability-check.js';

class LinksFake extends LinkFlow {
  override begin = async () => fail(UNSUPPORTED);
  override complete = async () => fail(UNSUPPORTED);
  override recover = async () => fail(UNSUPPORTED);
}

const UNSUPPORTED: ProviderFailure = { code: 'capability_unsupported', message: 'No.', mayHaveHappened: false };
const LIMITS = 'Provider "fake" publishes limits that are not usable numbers.';

const mismatches = (changes: Partial<Capabilities>) => capabilityMismatches(new ProviderFake('fake', changes));
const linked = (changes: Partial<Capabilities>) => {
  const provider = new ProviderFake('fake', changes);
  return capabilityMismatches(Object.assign(provider, { links: new LinksFake() }));
};
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

  it('wants hosted visits published where there are some, and in both places', () => {
    const contradiction = 'Provider "fake" contradicts itself: "connect" and "link" must agree on hosted visits.';
    expect(mismatches({ link: ['renew'] })).toEqual(['Provider "fake" promises "link" and has no port for it.']);
    expect(mismatches({ connect: ['direct', 'link'] })).toEqual([contradiction]);
    expect(linked({ link: [], connect: ['direct'] })).toEqual([
      'Provider "fake" has a port for "link" and does not publish it.',
    ]);
    expect(linked({ link: ['connect'], connect: ['direct'] })).toEqual([contradiction]);
    expect(linked({ link: ['connect', 'renew'], connect: ['direct', 'link'] })).toEqual([]);
    expect(linked({ link: ['renew'], connect: ['direct'] })).toEqual([]);
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
