import { member, textAt } from '../../src/sandbox/rest-client.js';
import { GOOD_LOGIN, SandboxApp } from '../factories/sandbox-app.factory.js';

interface Listed {
  readonly id: string;
}

describe('lists', () => {
  let mooring: SandboxApp;
  let userId: string;
  let ids: Record<'active' | 'blocked' | 'asked' | 'other', string>;

  beforeAll(async () => {
    mooring = await SandboxApp.start();
    userId = await mooring.user('cust-lists');
    ids = {
      active: await mooring.active({ userId }),
      blocked: await mooring.connected({ userId, fields: { username: 'u10000004', password: 'abc123' } }),
      asked: await mooring.connected({ userId, institutionId: 'se-demobank-open-banking-embedded' }),
      other: await mooring.connected({ fields: { username: 'u10000002', password: 'abc123' } }),
    };
    await mooring.until(ids.blocked, 'blocked');
    await mooring.until(ids.asked, 'awaiting_user');
    await mooring.until(ids.other, 'active');
  });

  afterAll(async () => {
    await mooring.close();
  });

  const listed = async (query: string): Promise<string[]> => {
    const { status, body } = await mooring.get(`/v1/connections?${query}`);
    expect(status).toBe(200);
    return (member(body, 'data') as Listed[]).map(({ id }) => id);
  };

  it.each([
    ['newest first, without any filter', '', ['other', 'asked', 'blocked', 'active']],
    ['by the external id of the user', 'externalUserId=cust-lists', ['asked', 'blocked', 'active']],
    ['by an unknown external id', 'externalUserId=nobody', []],
    ['by provider', 'provider=tink', ['other', 'asked', 'blocked', 'active']],
    ['by a provider that has none', 'provider=flinks', []],
    ['by institution', 'institutionId=se-demobank-open-banking-embedded', ['asked']],
    ['by state', 'state=blocked', ['blocked']],
    ['by what waits for the user', 'needsAction=true', ['asked', 'blocked']],
    ['by what does not', 'needsAction=false', ['other', 'active']],
    ['by all together', 'externalUserId=cust-lists&state=active&needsAction=false&provider=tink', ['active']],
  ] as const)('are filtered %s', async (_how, query, expected) => {
    expect(await listed(query)).toEqual(expected.map((name) => ids[name]));
  });

  it('are filtered by user', async () => {
    expect(await listed(`userId=${userId}`)).toEqual([ids.asked, ids.blocked, ids.active]);
    expect(await listed(`userId=${userId}&needsAction=true`)).toEqual([ids.asked, ids.blocked]);
  });

  it('never ask a provider', async () => {
    mooring.tink.clearCalls();
    await listed('');

    expect(mooring.calls({})).toBe(0);
  });

  it('are given in pages that neither miss nor repeat, also when something new comes in between', async () => {
    const first = await mooring.get('/v1/connections?limit=2');
    const newer = await mooring.connected({ fields: { username: 'u10000006', password: 'abc123' } });
    const second = await mooring.get(`/v1/connections?limit=2&cursor=${textAt(first.body, 'nextCursor')}`);

    const pages = [first, second].flatMap(({ body }) => (member(body, 'data') as Listed[]).map(({ id }) => id));
    expect(pages).toEqual([ids.other, ids.asked, ids.blocked, ids.active]);
    expect(member(second.body, 'nextCursor')).toBeNull();
    await mooring.call('DELETE', `/v1/connections/${newer}`);
  });

  it('of events are paged from the oldest on', async () => {
    const seen: number[] = [];
    let cursor = '';
    do {
      const { body } = await mooring.get(`/v1/connections/${ids.active}/events?limit=3${cursor}`);
      seen.push(...(member(body, 'data') as { seq: number }[]).map(({ seq }) => seq));
      const next = member(body, 'nextCursor');
      cursor = typeof next === 'string' ? `&cursor=${next}` : '';
    } while (cursor !== '');

    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('of users are paged, newest first', async () => {
    await mooring.user('cust-older');
    await mooring.user('cust-newer');
    const first = await mooring.get('/v1/users?limit=1');
    const second = await mooring.get(`/v1/users?limit=1&cursor=${textAt(first.body, 'nextCursor')}`);

    const pages = [first, second].map(({ body }) => textAt(body, 'data', 0, 'externalUserId'));
    expect(pages).toEqual(['cust-newer', 'cust-older']);
    expect(textAt((await mooring.get('/v1/users?externalUserId=cust-lists')).body, 'data', 0, 'id')).toBe(userId);
  });

  it.each([
    ['/v1/connections?cursor=nonsense', 'request.invalid_cursor', '?cursor'],
    [`/v1/connections?cursor=${cursorOf('not-a-uuid')}`, 'request.invalid_cursor', '?cursor'],
    [`/v1/connections?cursor=${cursorOf("' OR 1=1 --")}`, 'request.invalid_cursor', '?cursor'],
    ['/v1/connections?cursor=%00', 'request.malformed_url', undefined],
    ['/v1/connections?cursor=', 'request.invalid', '?cursor'],
    ['/v1/users?cursor=nonsense', 'request.invalid_cursor', '?cursor'],
    ['/v1/connections?cursor=a&cursor=b', 'request.invalid', '?cursor'],
    ['/v1/connections?limit=0', 'request.invalid', '?limit'],
    ['/v1/connections?limit=201', 'request.invalid', '?limit'],
    ['/v1/connections?limit=many', 'request.invalid', '?limit'],
    ['/v1/connections?state=happy', 'request.invalid', '?state'],
    ['/v1/connections?needsAction=perhaps', 'request.invalid', '?needsAction'],
    ['/v1/connections?userId=42', 'request.invalid', '?userId'],
    ['/v1/connections?provider=TINK%27', 'request.invalid', '?provider'],
    ['/v1/connections?colour=blue', 'request.invalid', '?colour'],
    ['/v1/connections?externalUserId=%00', 'request.malformed_url', undefined],
    ['/v1/connections?institutionId=a%00b', 'request.malformed_url', undefined],
    ['/v1/users?externalUserId=a%0Ab', 'request.invalid', '?externalUserId'],
    ['/v1/connections?institutionId=%1B', 'request.invalid', '?institutionId'],
    ['/v1/users?externalUserId=%00', 'request.malformed_url', undefined],
  ])('refuse %s with %s', async (path, code, pointer) => {
    const { status, body } = await mooring.get(path);

    expect([status, member(body, 'code'), member(body, 'errors', 0, 'pointer')]).toEqual([400, code, pointer]);
  });

  it.each([
    ['/v1/connections/:id/events?cursor=nonsense', 'request.invalid_cursor'],
    [`/v1/connections/:id/events?cursor=${cursorOf('-1')}`, 'request.invalid_cursor'],
    [`/v1/connections/:id/events?cursor=${cursorOf('99999999999999999999')}`, 'request.invalid_cursor'],
    ['/v1/connections/:id/events?limit=-1', 'request.invalid'],
  ])('refuse %s with %s', async (path, code) => {
    expect(await mooring.get(path.replace(':id', ids.active))).toMatchObject({ status: 400, body: { code } });
  });

  it('show what a connection is and nothing of its login or credential', async () => {
    const { bytes } = await mooring.get('/v1/connections');
    const credentials = mooring.tink.state().credentials.map(({ id }) => id);

    for (const secret of [...credentials, ...Object.values(GOOD_LOGIN), 'sealed', 'fingerprint', 'lookup']) {
      expect(bytes.toString()).not.toContain(secret);
    }
  });
});

function cursorOf(key: string): string {
  return Buffer.from(`1:${key}`).toString('base64url');
}
