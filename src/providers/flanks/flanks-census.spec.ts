import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { flanksUnderTest } from '../../../test/fixtures/flanks/flanks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const LIST = 'POST /v0/bank/credentials/list';
const call = { signal: new AbortController().signal };
const json = (body: unknown, status = 200): Reply => ({ status, body });
const item = (token: string, externalId: string | null) => ({ credentials_token: token, external_id: externalId });

describe('FlanksCensus', () => {
  let server: ProviderServerFake;
  let flanks: ReturnType<typeof flanksUnderTest>;

  withProviderServer('2026-11-20T10:00:00Z', (given) => {
    ({ server } = given);
    flanks = flanksUnderTest(server.url, given.clock);
    server.always('POST /v0/token', json({ access_token: 'tok', expires_in: 3600 }));
    return flanks;
  });

  const page = async (cursor: SecretValue | null) => {
    const result = await flanks.census.page(cursor, call);
    if (!result.ok) throw new Error(result.failure.code);
    const { credentials, next } = result.value;
    return { found: credentials.map(({ credentialId, user }) => [credentialId.reveal('test'), user]), next };
  };

  it("has everybody's credentials, those of nobody too, page by page and one call each", async () => {
    server.plan(
      LIST,
      json({ items: [item('ct_1', 'u-1'), item('ct_2', null), item('ct_1', 'u-1')], page: 1, pages: 2 }),
      json({ items: [item('ct_3', 'somebody else')], page: 2, pages: 2 }),
    );
    const first = await page(null);
    expect(first.found).toEqual([
      ['ct_1', 'u-1'],
      ['ct_2', null],
    ]);
    expect(await page(first.next)).toEqual({ found: [['ct_3', 'somebody else']], next: null });
    expect(server.callsTo(LIST).map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ page: 1 }, { page: 2 }]);
  });

  it.each([
    ['no page at all', { items: [], page: 1, pages: 0 }],
    ['an empty page that is not the last', { items: [], page: 1, pages: 9 }],
  ])('ends with %s', async (_what, body) => {
    server.plan(LIST, json(body));
    expect(await page(null)).toEqual({ found: [], next: null });
  });

  it.each(['', '0', '-1', '1.5', '2e3', 'x'])('takes no cursor that it did not give: "%s"', async (cursor) => {
    expect(await flanks.census.page(new Opened(cursor), call)).toMatchObject({
      failure: { code: 'credential.invalid_input' },
    });
    expect(server.calls).toEqual([]);
  });

  it('fails as every call does', async () => {
    server.always(LIST, json('', 503));
    expect(await flanks.census.page(null, call)).toMatchObject({ failure: { code: 'provider.unavailable' } });
  });
});
