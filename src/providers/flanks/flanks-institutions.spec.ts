import type { MovableClock } from '../../platform/time/clock.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { flanksUnderTest } from '../../../test/fixtures/flanks/flanks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';
import { marketOf } from './flanks-countries.js';

const ENTITIES = 'GET /v0/bank/available';
const CONNECTORS = 'POST /connect/v2/connectors/list-connectors';
const call = { signal: new AbortController().signal };
const json = (body: unknown, status = 200): Reply => ({ status, body });
const BANKS = [
  { id: 'testbank', name: 'TestBank', country: 'ES', logo_url: 'https://logos.test/t.png' },
  { id: 'banque', name: 'La Banque', country: 'fra', logo_url: 'javascript:alert(1)' },
  { id: 'somewhere' },
  { name: 'without an id' },
  'odd',
];

describe("Flanks' banks", () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  const opened: { close: () => void }[] = [];

  withProviderServer('2026-11-20T10:00:00Z', (given) => {
    ({ server, clock } = given);
    server.always('POST /v0/token', json({ access_token: 'tok', expires_in: 36_000 }));
    return {
      close: () => {
        for (const each of opened.splice(0)) each.close();
      },
    };
  });

  const institutions = (flow: 'link' | 'session' = 'link') => {
    const flanks = flanksUnderTest(server.url, clock, { flow });
    opened.push(flanks);
    return flanks.institutions;
  };

  it('are connected on a page, and an odd one does not hide the others', async () => {
    server.plan(ENTITIES, json(BANKS));
    const connected = { status: 'enabled', connect: ['link'], fields: [] };
    expect(await institutions().list(undefined, call)).toEqual({
      ok: true,
      value: [
        { id: 'testbank', name: 'TestBank', market: 'ES', ...connected, logoUrl: 'https://logos.test/t.png' },
        { id: 'banque', name: 'La Banque', market: 'FR', ...connected },
        { id: 'somewhere', name: 'somewhere', market: 'ZZ', ...connected },
      ],
    });
  });

  it('are read once an hour, for all markets', async () => {
    server.plan(ENTITIES, json(BANKS), json([]));
    const directory = institutions();
    const ids = async (market: string) => {
      const list = await directory.list(market, call);
      return list.ok ? list.value.map(({ id }) => id) : list.failure;
    };
    expect(await ids('ES')).toEqual(['testbank', 'somewhere']);
    expect(await ids('fr')).toEqual(['banque', 'somewhere']);
    expect(await ids('SE')).toEqual(['somewhere']);
    expect(await ids('Spain')).toMatchObject({ code: 'credential.invalid_input', pointer: '?market' });
    clock.advance(3600_000);
    expect(await ids('ES')).toEqual([]);
  });

  it('are found by id, and not under a part of it', async () => {
    server.plan(ENTITIES, json(BANKS));
    const directory = institutions();
    expect(await directory.find('banque', call)).toMatchObject({ value: { name: 'La Banque' } });
    for (const id of ['', 'bank', '../testbank']) {
      expect(await directory.find(id, call)).toMatchObject({ failure: { code: 'institution.unknown' } });
    }
  });

  it.each([
    [json('<html>'), 'provider.bad_response'],
    [json({ items: [] }), 'provider.bad_response'],
    [json({ error: 'bank does not exist' }, 400), 'provider.bad_response'],
  ])('that cannot be read are not kept: %j', async (reply, code) => {
    server.plan(ENTITIES, reply, json(BANKS));
    const directory = institutions();
    expect(await directory.list(undefined, call)).toMatchObject({ failure: { code } });
    expect(await directory.list(undefined, call)).toMatchObject({ ok: true });
  });

  it('are connectors where visits are sessions', async () => {
    server.plan(
      CONNECTORS,
      json({ items: [{ connector_id: 'esp:testbank', name: 'TestBank' }], next_page_token: 'p2' }),
      json({ items: [{ connector_id: 'x', countries: ['deu', 'aut'] }], next_page_token: null }),
    );
    const directory = institutions('session');
    expect(await directory.list(undefined, call)).toMatchObject({
      value: [
        { id: 'esp:testbank', market: 'ES' },
        { id: 'x', name: 'x', market: 'DE' },
      ],
    });
    expect(server.callsTo(CONNECTORS).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { query: {}, page_token: null },
      { query: {}, page_token: 'p2' },
    ]);
    expect(await directory.find('testbank', call)).toMatchObject({ value: { id: 'esp:testbank' } });
    for (const id of ['', 'bank']) {
      expect(await directory.find(id, call)).toMatchObject({ failure: { code: 'institution.unknown' } });
    }
  });

  it('end, also when the pages do not', async () => {
    server.always(CONNECTORS, json({ items: [], next_page_token: 'again' }));
    expect(await institutions('session').list(undefined, call)).toMatchObject({
      failure: { code: 'provider.bad_response' },
    });
    expect(server.callsTo(CONNECTORS)).toHaveLength(100);
  });
});

describe('a country', () => {
  it.each([
    ['ES', 'ES'],
    ['es', 'ES'],
    ['esp', 'ES'],
    ['gbr', 'GB'],
    ['UK', 'GB'],
    ['usa', 'US'],
    ['xyz', 'ZZ'],
    ['spain', 'ZZ'],
    ['', 'ZZ'],
  ])('%j is %s', (country, market) => {
    expect(marketOf(country)).toBe(market);
  });
});
