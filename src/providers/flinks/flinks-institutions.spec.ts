import type { MovableClock } from '../../platform/time/clock.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/flinks/fixture.js';
import { call, INSTITUTIONS, json, refused } from '../../../test/fixtures/flinks/flinks-bench.js';
import { flinksUnderTest } from '../../../test/fixtures/flinks/flinks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const bank = (id: number, name: string, more: object = {}) => ({
  Id: id,
  Localizations: [{ Language: 'en', Name: name }],
  ...more,
});

describe('FlinksInstitutions', () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let flinks: ReturnType<typeof flinksUnderTest>;

  withProviderServer('2026-01-05T14:00:00Z', (given) => {
    ({ server, clock } = given);
    flinks = flinksUnderTest(server.url, clock);
    return flinks;
  });

  const names = async (market?: string) => {
    const result = await flinks.institutions.list(market, call);
    return result.ok ? result.value.map(({ id }) => id) : result.failure;
  };

  it('are named as /Authorize names them, and ask for a login in a language', async () => {
    server.plan(INSTITUTIONS, json(fixture('institutions')));
    expect(await flinks.institutions.find('FlinksCapital', call)).toMatchObject({
      value: {
        ...{ id: 'FlinksCapital', name: 'FlinksCapital', market: 'CA', status: 'enabled', connect: ['direct', 'link'] },
        fields: [
          { name: 'username', type: 'text', required: true },
          { name: 'password', type: 'masked', masked: true, required: true },
          { name: 'language', type: 'select', required: false, value: 'en' },
        ],
      },
    });
    expect(await names('us')).toEqual(['Sleeping Bank']);
    expect(await flinks.institutions.list('US', call)).toMatchObject({ value: [{ status: 'disabled' }] });
    expect(await names('x')).toMatchObject({ code: 'credential.invalid_input', pointer: '?market' });
    expect(await flinks.institutions.find('No Bank', call)).toMatchObject({ failure: { code: 'institution.unknown' } });
  });

  it('are kept for an hour and loaded once for all who wait', async () => {
    server.plan(INSTITUTIONS, json(fixture('institutions')), json(fixture('institutions')));
    await Promise.all([names(), names(), names()]);
    clock.advance(59 * 60_000);
    await names();
    expect(server.calls).toHaveLength(1);
    clock.advance(60_000);
    await names();
    expect(server.calls).toHaveLength(2);
  });

  it('come in pages; names that occur twice count once, odd entries are left out', async () => {
    server.plan(
      INSTITUTIONS,
      json({ Data: [bank(1, 'One'), 7], Count: 4 }),
      json({ Data: [bank(2, 'One'), bank(3, 'Three', { Country: 'us', Status: 'Resting' })], Count: 4 }),
    );
    expect(await flinks.institutions.list(undefined, call)).toMatchObject({
      value: [
        { id: 'One', market: 'CA' },
        { id: 'Three', market: 'US', status: 'enabled' },
      ],
    });
    expect(server.calls.map(({ query }) => [query.get('skip'), query.get('take')])).toEqual([
      ['0', '1000'],
      ['2', '1000'],
    ]);
  });

  it('an endless directory ends', async () => {
    server.always(INSTITUTIONS, json({ Data: [bank(1, 'One')], Count: 1_000_000 }));
    expect(await names()).toEqual(['One']);
    expect(server.calls.length).toBeLessThanOrEqual(20);
  });

  it.each([
    ['nonsense', json({ Data: 'none' }), 'provider.bad_response'],
    ['a refusal', refused('ACCESS_DENIED'), 'provider.misconfigured'],
  ])('%s is not kept', async (_what, reply, code) => {
    server.plan(INSTITUTIONS, reply, json(fixture('institutions')));
    expect(await names()).toMatchObject({ code });
    expect(await names()).toHaveLength(2);
  });
});
