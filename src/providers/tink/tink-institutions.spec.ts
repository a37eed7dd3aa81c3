import type { MovableClock } from '../../platform/time/clock.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/tink/fixture.js';
import { tinkUnderTest } from '../../../test/fixtures/tink/tink-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const SE = 'GET /api/v1/providers/SE';
const call = { signal: new AbortController().signal };
const banks: Reply = { status: 200, body: fixture('providers-se') };

describe('TinkInstitutions', () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let tink: ReturnType<typeof tinkUnderTest>;

  withProviderServer('2026-01-05T08:00:00Z', (given) => {
    ({ server, clock } = given);
    tink = tinkUnderTest(server.url, clock);
    server.always('POST /api/v1/oauth/token', { status: 200, body: { access_token: 'tok', expires_in: 180_000 } });
    return tink;
  });

  it('lists the banks of the configured market, with what they ask at login', async () => {
    server.plan(SE, banks);
    const result = await tink.institutions.list(undefined, call);
    expect(result).toEqual({
      ok: true,
      value: [
        {
          id: 'se-demobank-password',
          name: 'Demo Bank',
          market: 'SE',
          status: 'enabled',
          connect: ['direct', 'link'],
          fields: [
            expect.objectContaining({ name: 'username', type: 'text', required: true, pattern: '^u[0-9]{8}$' }),
            expect.objectContaining({ name: 'password', type: 'masked', masked: true, required: true }),
          ],
          logoUrl: 'https://cdn.tink.test/demobank.png',
        },
        {
          id: 'se-demobank-open-banking-redirect',
          name: 'Demo Bank Redirect',
          market: 'SE',
          status: 'temporarily_disabled',
          connect: ['direct', 'link'],
          fields: [],
        },
        expect.objectContaining({ id: 'se-next-year', status: 'enabled' }),
      ],
    });
    expect([...(server.callsTo(SE)[0]?.query ?? [])]).toEqual([['includeTestProviders', 'true']]);
  });

  it('keeps a market for an hour, asks once for many, and keeps no failure', async () => {
    server.plan(SE, { status: 400 }, banks, banks);
    expect((await tink.institutions.list('SE', call)).ok).toBe(false);
    await Promise.all([tink.institutions.list('se', call), tink.institutions.list('SE', call)]);
    clock.advance(3_599_999);
    await tink.institutions.list('SE', call);
    expect(server.callsTo(SE)).toHaveLength(2);
    clock.advance(1);
    await tink.institutions.list('SE', call);
    expect(server.callsTo(SE)).toHaveLength(3);
  });

  it('finds a bank in the market of its name', async () => {
    server
      .plan('GET /api/v1/providers/GB', { status: 200, body: { providers: [{ name: 'uk-bank', market: 'GB' }] } })
      .plan(SE, banks);
    expect(await tink.institutions.find('uk-bank', call)).toMatchObject({ value: { id: 'uk-bank', name: 'uk-bank' } });
    expect(await tink.institutions.find('se-demobank-password', call)).toMatchObject({ value: { name: 'Demo Bank' } });
    expect(await tink.institutions.find('nowhere', call)).toMatchObject({ failure: { code: 'institution.unknown' } });
    server.plan('GET /api/v1/providers/XX', { status: 400 });
    expect(await tink.institutions.find('xx-bank', call)).toMatchObject({ failure: { code: 'institution.unknown' } });
  });

  it.each(['S', 'SWE', '../', '', 'S1'])('asks for no market %p', async (market) => {
    expect(await tink.institutions.list(market, call)).toMatchObject({
      failure: { code: 'credential.invalid_input', pointer: '?market' },
    });
    expect(server.calls).toHaveLength(0);
  });

  it.each([
    [503, 'provider.unavailable'],
    [403, 'provider.misconfigured'],
  ])('passes on trouble: %d is %s', async (status, code) => {
    server.always(SE, { status });
    expect(await tink.institutions.find('se-bank', call)).toMatchObject({ failure: { code } });
  });

  it('takes no nonsense', async () => {
    server.plan(SE, { status: 200, body: { providers: {} } });
    expect(await tink.institutions.list('SE', call)).toMatchObject({ failure: { code: 'provider.bad_response' } });
  });
});
