import { ROADS } from '../factories/roads.factory.js';
import { onwards, pageCode, ThreeProviders } from '../factories/three-providers.factory.js';

const MINUTE = 60_000;

describe('the deletion of a user with hosted visits', () => {
  let world: ThreeProviders;

  beforeAll(async () => {
    world = await ThreeProviders.start();
  });

  beforeEach(async () => {
    await world.forget();
  });

  afterAll(async () => {
    await world.close();
  });

  const roads = ROADS.filter(({ name }) => name !== 'flanks (session)').map((road) => [road.provider, road] as const);
  const sessionsOf = async (userId: string) =>
    world.mooring.sql('SELECT id FROM link_sessions WHERE user_id = $1', [userId]);
  const liveOf = async (userId: string) =>
    world.mooring.sql('SELECT id FROM connections WHERE user_id = $1 AND deleted_at IS NULL', [userId]);

  async function ticks(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      world.mooring.advance(MINUTE);
      await world.recoverVisits();
      await world.mooring.watch();
    }
  }

  /** What a provider still has. */
  const left = (provider: string, userId: string): readonly unknown[] => {
    if (provider === 'tink') return world.mooring.credentialsOf(userId);
    if (provider === 'flinks') return world.flinks.state().cards;
    return world.flanks.state().credentials.filter(({ externalId }) => externalId === userId);
  };

  async function gone(provider: string, userId: string): Promise<void> {
    expect(await liveOf(userId)).toEqual([]);
    expect(await sessionsOf(userId)).toEqual([]);
    expect((await world.mooring.get(`/v1/users/${userId}`)).status).toBe(404);
    expect(left(provider, userId)).toEqual([]);
    expect(await world.everything()).not.toContain('private words');
  }

  it.each(roads)('at %s is done at once when all visits are over, and forgets them', async (provider, road) => {
    const userId = await world.mooring.user();
    const { institutionId } = road;
    const visit = await world.begin({ userId, provider, institutionId, reference: 'private words' });
    const callback = await road.walk(world, visit.url, road.login());
    const id = onwards(await world.comeBack(callback))['connectionId'] ?? '';
    await world.mooring.until(id, 'active');

    expect((await world.mooring.call('DELETE', `/v1/users/${userId}`)).status).toBe(204);

    await gone(provider, userId);
    const before = await world.mooring.rowCounts();
    const answer = await world.comeBack(callback);
    expect([answer.status, pageCode(answer)]).toEqual([404, 'link.unknown']);
    await ticks(5);
    expect(await world.mooring.rowCounts()).toEqual(before);
  });

  it.each(roads)('at %s waits for a visit, and takes along what comes out of it', async (provider, road) => {
    const userId = await world.mooring.user();
    const { institutionId } = road;
    const visit = await world.begin({ userId, provider, institutionId, reference: 'private words' });
    const callback = await road.walk(world, visit.url, road.login());

    expect((await world.mooring.call('DELETE', `/v1/users/${userId}`)).status).toBe(202);
    expect((await world.link({ userId, provider })).body).toMatchObject({ code: 'user.deleting' });
    await world.comeBack(callback);
    await ticks(40);

    await gone(provider, userId);
  });

  it.each(roads)('at %s does not wait for ever for a user who never comes back', async (provider, road) => {
    const userId = await world.mooring.user();
    await world.begin({ userId, provider, institutionId: road.institutionId, reference: 'private words' });

    expect((await world.mooring.call('DELETE', `/v1/users/${userId}`)).status).toBe(202);
    await ticks(40);

    await gone(provider, userId);
  });

  it.each(roads)('at %s goes on when the provider is back', async (provider, road) => {
    const userId = await world.mooring.user();
    const visit = await world.begin({ userId, provider, institutionId: road.institutionId });
    const id = onwards(await world.comeBack(await road.walk(world, visit.url, road.login())))['connectionId'] ?? '';
    await world.mooring.until(id, 'active');
    const control = { tink: world.mooring.tink, flanks: world.flanks, flinks: world.flinks }[provider];
    // Being limited opens no circuit, which would close again in real time only.
    const busy = { times: null, action: { kind: 'respond', status: 429 } } as const;
    control?.addFault({ ...busy, path: '.', method: 'DELETE' });
    control?.addFault({ ...busy, path: '/user/delete' });
    expect((await world.mooring.call('DELETE', `/v1/users/${userId}`)).status).toBe(202);
    await ticks(3);
    expect(left(provider, userId)).toHaveLength(1);

    control?.clearFaults();
    await ticks(30);

    await gone(provider, userId);
  });
});
