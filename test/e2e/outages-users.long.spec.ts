import { happens } from '../factories/happens.js';
import { ROADS, type Road } from '../factories/roads.factory.js';
import type { Answer } from '../factories/sandbox-app.factory.js';
import { ThreeProviders } from '../factories/three-providers.factory.js';

const SLOW_MS = 600;
const WORKER_MS = 180_000;

describe('a user who is deleted while a provider is being asked', () => {
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

  const control = (provider: string) =>
    ({ tink: world.mooring.tink, flanks: world.flanks, flinks: world.flinks })[provider] ?? world.mooring.tink;

  /** Lets `act` wait at the provider, and deletes the user meanwhile. */
  async function deletedDuring(userId: string, provider: string, path: string, act: () => Promise<Answer>) {
    control(provider).clearCalls();
    control(provider).addFault({ path, action: { kind: 'delay', ms: SLOW_MS } });
    const acting = act();
    await happens('the call to the provider', () => control(provider).calls({ path }).length > 0);
    const deletion = await world.mooring.call('DELETE', `/v1/users/${userId}`);
    return { answer: await acting, deletion };
  }

  async function nothingIsLeft(userId: string): Promise<void> {
    for (let passed = 0; passed < WORKER_MS; passed += 30_000) {
      world.mooring.advance(30_000);
      await world.mooring.watch();
      await world.recoverVisits();
    }
    expect((await world.mooring.get(`/v1/users/${userId}`)).status).toBe(404);
    expect(
      await world.mooring.sql('SELECT state FROM connections WHERE user_id = $1 AND deleted_at IS NULL', [userId]),
    ).toEqual([]);
    expect(world.mooring.tink.state().users.map(({ externalUserId }) => externalUserId)).not.toContain(userId);
  }

  it.each(ROADS.map((road) => [road.name, road] as const))(
    'leaves nothing of a visit that comes back: %s',
    async (_name, road: Road) => {
      const [userId, login] = [await world.mooring.user(), road.login()];
      const visit = await world.begin({ userId, provider: road.provider, institutionId: road.institutionId });
      const callback = await road.walk(world, visit.url, login);

      const { answer } = await deletedDuring(userId, road.provider, '.', () => world.comeBack(callback));

      expect(answer.status).toBeLessThan(500);
      await nothingIsLeft(userId);
      expect(world.flanks.state().credentials.filter(({ username }) => username === login)).toEqual([]);
      expect(world.flinks.state().cards.filter(({ username }) => username === login)).toEqual([]);
    },
  );

  it('leaves nothing of a login that is being connected at a provider with users', async () => {
    const userId = await world.mooring.user();
    const { answer } = await deletedDuring(userId, 'tink', '/credentials$', () => world.mooring.connect({ userId }));

    expect(answer.status).toBeLessThan(500);
    await nothingIsLeft(userId);
    expect(world.mooring.credentialsOf(userId)).toEqual([]);
  });

  it('leaves nothing of a login that is being connected at a provider without users', async () => {
    const userId = await world.mooring.user();
    const fields = { username: 'nomfa', password: 'x' };
    const body = { userId, provider: 'flinks', institutionId: 'FlinksCapital', fields };

    const { answer } = await deletedDuring(userId, 'flinks', '/Authorize$', () =>
      world.mooring.post('/v1/connections', body),
    );

    expect(answer.status).toBeLessThan(500);
    await nothingIsLeft(userId);
    expect(world.flinks.state().cards).toEqual([]);
  });

  it('leaves no user at a provider that was just being told of them', async () => {
    const userId = await world.mooring.user();

    await deletedDuring(userId, 'tink', '/user/create$', () => world.mooring.connect({ userId }));

    await nothingIsLeft(userId);
  });
});
