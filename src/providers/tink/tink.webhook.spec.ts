import type { Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { alwaysAuthorised, tinkUnderTest } from '../../../test/fixtures/tink/tink-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const ENDPOINTS = '/events/v2/webhook-endpoints';
const URL = 'https://mooring.test/hooks/abc';
const call = { signal: new AbortController().signal };
const endpoint = (id: string, url = URL) => ({ id, url, enabledEvents: ['refresh:finished'], disabled: false });

describe("registering Tink's webhooks", () => {
  let server: ProviderServerFake;
  let tink: ReturnType<typeof tinkUnderTest>;

  withProviderServer('2026-11-20T10:00:00Z', (given) => {
    ({ server } = given);
    tink = tinkUnderTest(server.url, given.clock);
    alwaysAuthorised(server);
    return tink;
  });

  const shown = <T>(result: Result<T, { readonly code: string }>) => (result.ok ? result.value : result.failure.code);
  const revealed = (registration: { vendorId: SecretValue; secret: SecretValue | null; url: string }) => ({
    id: registration.vendorId.reveal('test'),
    secret: registration.secret?.reveal('test') ?? null,
    url: registration.url,
  });
  const register = async () => {
    const result = await tink.webhooks.register(URL, call);
    return result.ok ? revealed(result.value) : result.failure;
  };

  it('asks for the events that concern accounts, with a token of its own scope', async () => {
    server.plan(`POST ${ENDPOINTS}`, { status: 200, body: { ...endpoint('e1'), secret: 'whsec-1' } });
    expect(await register()).toEqual({ id: 'e1', secret: 'whsec-1', url: URL });
    const sent = JSON.parse(server.callsTo(`POST ${ENDPOINTS}`)[0]?.body ?? '') as Record<string, unknown>;
    expect(sent).toMatchObject({ url: URL, disabled: false });
    expect(sent['enabledEvents']).toEqual(
      expect.arrayContaining(['refresh:finished', 'account-transactions:modified']),
    );
    expect(sent['enabledEvents']).not.toEqual(expect.arrayContaining(['payment:updated']));
    const token = new URLSearchParams(server.callsTo('POST /api/v1/oauth/token')[0]?.body);
    expect(token.get('scope')).toBe('webhook-endpoints');
  });

  it('finds what is there already, on whatever page', async () => {
    server
      .plan(`POST ${ENDPOINTS}`, { status: 409 })
      .plan(
        `GET ${ENDPOINTS}`,
        { status: 200, body: { webhookEndpoints: [endpoint('e1', 'https://else.test')], nextPageToken: 'p2' } },
        { status: 200, body: { webhookEndpoints: [endpoint('e2')], nextPageToken: '' } },
      );
    expect(await register()).toEqual({ id: 'e2', secret: null, url: URL });
    expect(server.callsTo(`POST ${ENDPOINTS}`)).toHaveLength(1);
  });

  it('does not believe a conflict with nothing', async () => {
    server
      .plan(`POST ${ENDPOINTS}`, { status: 409 })
      .plan(`GET ${ENDPOINTS}`, { status: 200, body: { webhookEndpoints: [] } });
    expect(await register()).toMatchObject({ code: 'provider.bad_response' });
  });

  it('registers once, whatever happens: the secret comes with the first answer only', async () => {
    server.plan(`POST ${ENDPOINTS}`, 'reset');
    expect(await register()).toMatchObject({ code: 'provider.unavailable', mayHaveHappened: true });
    expect(server.callsTo(`POST ${ENDPOINTS}`)).toHaveLength(1);
  });

  it.each([
    [400, 'provider.misconfigured'],
    [403, 'provider.misconfigured'],
    [429, 'provider.rate_limited'],
    [500, 'provider.unavailable'],
  ])('reads %d as %s', async (status, code) => {
    server.plan(`POST ${ENDPOINTS}`, { status });
    expect(await register()).toMatchObject({ code });
  });

  it('lists without end only so far', async () => {
    server.always(`GET ${ENDPOINTS}`, {
      status: 200,
      body: { webhookEndpoints: [endpoint('e1')], nextPageToken: 'again' },
    });
    expect(shown(await tink.webhooks.registrations(call))).toBe('provider.bad_response');
    expect(server.callsTo(`GET ${ENDPOINTS}`)).toHaveLength(10);
  });

  it('removes an endpoint by its id, and takes 404 for gone', async () => {
    server.plan(`DELETE ${ENDPOINTS}/a%2Fb`, { status: 200, body: {} }, { status: 404 });
    expect(shown(await tink.webhooks.unregister(new Opened('a/b'), call))).toEqual({ alreadyGone: false });
    expect(shown(await tink.webhooks.unregister(new Opened('a/b'), call))).toEqual({ alreadyGone: true });
  });
});
