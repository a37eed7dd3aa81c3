import { member, textAt } from '../../src/sandbox/rest-client.js';
import { ROADS, type Road } from '../factories/roads.factory.js';
import { onwards, pageCode, PUBLIC_URL, ThreeProviders } from '../factories/three-providers.factory.js';

const MINUTE = 60_000;

describe('whose connection a visit repairs', () => {
  let world: ThreeProviders;
  let sessions: ThreeProviders;

  beforeAll(async () => {
    world = await ThreeProviders.start();
    sessions = await world.alongside({ FLANKS_FLOW: 'session' });
  });

  beforeEach(async () => {
    await world.forget();
  });

  afterAll(async () => {
    await sessions.close();
    await world.close();
  });

  const named = (name: string): Road => {
    const found = ROADS.find((each) => each.name === name);
    if (!found) throw new Error(`No road ${name}.`);
    return found;
  };
  const appOf = (road: Road): ThreeProviders => (road.env['FLANKS_FLOW'] === 'session' ? sessions : world);
  const roads = ROADS.map((each) => [each.name, each] as const);

  async function connected(road: Road, userId: string, login = road.login()) {
    const app = appOf(road);
    const { provider, institutionId } = road;
    const visit = await app.begin({ userId, provider, institutionId });
    const query = onwards(await app.comeBack(await road.walk(app, visit.url, login)));
    if (query['status'] === 'completing') {
      await world.minutes(2);
      const { status, connectionId, problem } = (await app.visit(visit.id)) as Record<string, string | null>;
      for (const [name, value] of Object.entries({ status, connectionId, problem })) {
        if (value) query[name] = value;
      }
    }
    const id = query['connectionId'] ?? '';
    if (query['status'] === 'connected') await app.mooring.until(id, 'active');
    return { app, login, id, query, visit };
  }

  const repair = async (road: Road, userId: string, connectionId: string, purpose = 'renew') => {
    const app = appOf(road);
    return app.begin({ userId, provider: road.provider, purpose, connectionId });
  };

  async function connectionsOf(userId: string): Promise<unknown> {
    return member((await world.mooring.get(`/v1/connections?userId=${userId}`)).body, 'data');
  }

  const stateOf = (url: string): string => {
    const { searchParams } = new URL(url);
    const inner = [...searchParams.values()].find((value) => value.startsWith(`${PUBLIC_URL}/`)) ?? PUBLIC_URL;
    return searchParams.get('state') ?? new URL(inner).searchParams.get('state') ?? '';
  };

  describe.each(roads)('at %s', (_name, road) => {
    it('changes nothing when the user does not come back', async () => {
      const userId = await world.mooring.user();
      const { app, id } = await connected(road, userId);
      const row = await app.row(id);
      const visit = await repair(road, userId, id);

      await app.minutes(31);

      expect(await app.visit(visit.id)).toMatchObject({ status: 'expired', connectionId: id, problem: null });
      expect(await app.row(id)).toEqual(row);
    });

    it('finds no connection of another user', async () => {
      const { app, id } = await connected(road, await world.mooring.user());
      const before = await app.mooring.rowCounts();
      const intruder = await app.mooring.user();
      for (const purpose of road.purposes.filter((each) => each !== 'connect')) {
        const refused = await app.link({ userId: intruder, provider: road.provider, purpose, connectionId: id });
        expect(refused).toMatchObject({ status: 404, body: { code: 'connection.not_found' } });
      }
      const rows = await app.mooring.rowCounts();
      expect(rows).toEqual({ ...before, users: (before['users'] ?? 0) + 1 });
    });

    it('names the connection, and only where there is one to repair', async () => {
      const userId = await world.mooring.user();
      const { app, id } = await connected(road, userId);
      const { provider } = road;
      const other = provider === 'tink' ? 'flanks' : 'tink';
      expect(await app.link({ userId, provider, purpose: 'renew' })).toMatchObject({
        status: 400,
        body: { code: 'request.invalid', errors: [{ pointer: '/connectionId' }] },
      });
      expect(await app.link({ userId, provider, connectionId: id })).toMatchObject({
        status: 400,
        body: { code: 'request.invalid', errors: [{ pointer: '/connectionId' }] },
      });
      expect(await app.link({ userId, provider: other, purpose: 'renew', connectionId: id })).toMatchObject({
        status: 422,
        body: { code: 'link.other_provider', errors: [{ pointer: '/provider' }] },
      });
      await app.mooring.call('DELETE', `/v1/connections/${id}`);
      expect((await app.link({ userId, provider, purpose: 'renew', connectionId: id })).status).toBe(404);
    });
  });

  describe('a visit that comes back with another bank login', () => {
    it.each([
      ['renew', 'tink', 'tink'],
      ['renew', 'flinks', 'flinks'],
      ['update_login', 'flinks', 'flinks'],
    ])('to %s at %s is refused, and both connections stay as they were', async (purpose, name) => {
      const road = named(name);
      const userId = await world.mooring.user();
      const { id } = await connected(road, userId);
      const other = await connected(road, userId, road.login());
      expect(other.query['status']).toBe('connected');
      const [row, otherRow] = [await world.row(id), await world.row(other.id)];
      const visit = await repair(road, userId, id, purpose);
      world.mooring.advance(MINUTE);

      const credential =
        name === 'tink'
          ? { credentialsId: world.mooring.credentialsOf(userId).at(-1)?.id ?? '' }
          : { loginId: world.card(other.login).loginId };
      const back = new URL(`${PUBLIC_URL}/link/${name}/callback`);
      back.search = new URLSearchParams({ ...credential, state: stateOf(visit.url) }).toString();
      const answer = onwards(await world.comeBack(back));

      expect(answer).toEqual({
        ...{ mine: '1', linkSessionId: visit.id, status: 'failed', problem: 'link.different_login' },
      });
      expect(await world.visit(visit.id)).toMatchObject({ status: 'failed', problem: 'link.different_login' });
      expect([await world.row(id), await world.row(other.id)]).toEqual([row, otherRow]);
    });

    it('of Flinks, walked as another user of the bank, is refused', async () => {
      const road = named('flinks');
      const userId = await world.mooring.user();
      const { id } = await connected(road, userId, 'greatday_choice');
      const row = await world.row(id);
      const visit = await repair(road, userId, id, 'update_login');

      const answer = onwards(await world.comeBack(await road.walk(world, visit.url, 'greatday_together')));

      expect(answer).toMatchObject({ status: 'failed', problem: 'link.different_login' });
      expect(await world.row(id)).toEqual(row);
      await world.minutes(40);
      expect(await world.row(id)).toEqual(row);
      expect(await connectionsOf(userId)).toHaveLength(1);
    });

    it.each(['flanks (link)', 'flanks (session)'])(
      'cannot be made at %s: its page takes no other user',
      async (name) => {
        const road = named(name);
        const userId = await world.mooring.user();
        const { app, id, login } = await connected(road, userId);
        world.flanks.setBlocked(world.flanksLogin(login).id, true);
        const row = await app.row(id);
        const visit = await repair(road, userId, id, 'update_login');

        const answer = onwards(await app.comeBack(await road.walk(app, visit.url, `somebody.else.${login}`)));

        expect(answer).toMatchObject({ status: 'failed', cause: 'wrong_credentials' });
        expect(answer['connectionId']).toBeUndefined();
        expect(await app.row(id)).toEqual(row);
      },
    );
  });

  describe('a login that is connected already', () => {
    it.each([['flinks'], ['tink']])('at %s is the same connection for the same user', async (name) => {
      const road = named(name);
      const userId = await world.mooring.user();
      const first = await connected(road, userId);
      world.mooring.advance(MINUTE);
      if (name === 'tink') {
        const visit = await world.begin({ userId, provider: 'tink', institutionId: road.institutionId });
        const back = new URL(`${PUBLIC_URL}/link/tink/callback`);
        const [{ id: credentialsId } = { id: '' }] = world.mooring.credentialsOf(userId);
        back.search = new URLSearchParams({ credentialsId, state: stateOf(visit.url) }).toString();
        expect(onwards(await world.comeBack(back))).toMatchObject({
          ...{ status: 'failed', problem: 'connection.duplicate', connectionId: first.id },
        });
      } else {
        const again = await connected(road, userId, first.login);
        expect(again.query).toMatchObject({ status: 'connected', connectionId: first.id });
      }
      expect(await connectionsOf(userId)).toHaveLength(1);
    });

    it('brought by two visits at the same moment is one connection for both', async () => {
      const road = named('flinks');
      const userId = await world.mooring.user();
      const login = road.login();
      const { provider, institutionId } = road;
      const visits = await Promise.all([1, 2, 3].map(async () => world.begin({ userId, provider, institutionId })));
      const callbacks: URL[] = [];
      for (const visit of visits) {
        callbacks.push(await road.walk(world, visit.url, login));
        world.mooring.advance(10_000);
        await world.mooring.get('/v1/connections');
      }
      await world.minutes(1, async () => undefined);

      const ends = (await Promise.all(callbacks.map(async (each) => world.comeBack(each)))).map(onwards);

      const [only, ...more] = (await connectionsOf(userId)) as { id: string }[];
      expect(more).toEqual([]);
      expect(ends.map(({ status, connectionId }) => [status, connectionId])).toEqual(
        Array(3).fill(['connected', only?.id]),
      );
    });

    it.each(['flanks (link)', 'flanks (session)'])('at %s is told to its user with the id', async (name) => {
      const road = named(name);
      const userId = await world.mooring.user();
      const first = await connected(road, userId);
      if (name.includes('session')) world.flanks.setSwitches({ sessionDuplicateCode: 'CredentialsAlreadyExist' });

      const again = await connected(road, userId, first.login);

      expect(again.query).toMatchObject({ status: 'failed', problem: 'connection.duplicate' });
      if (!name.includes('session')) expect(again.query['connectionId']).toBe(first.id);
      expect(await connectionsOf(userId)).toHaveLength(1);
    });

    it.each([['flanks (link)'], ['flanks (session)'], ['flinks']])(
      'at %s is refused to another user, who learns no id',
      async (name) => {
        const road = named(name);
        const owner = await world.mooring.user();
        const first = await connected(road, owner);
        if (name.includes('session')) world.flanks.setSwitches({ sessionDuplicateCode: 'CredentialsAlreadyExist' });
        const row = await world.row(first.id);
        world.mooring.advance(MINUTE);
        const stranger = await world.mooring.user();

        const { query, visit } = await connected(road, stranger, first.login);

        expect(query).toEqual({
          ...{ mine: '1', linkSessionId: visit.id, status: 'failed', problem: 'connection.duplicate' },
        });
        expect(JSON.stringify(await world.visit(visit.id))).not.toContain(first.id);
        expect(await connectionsOf(stranger)).toEqual([]);
        expect(await world.row(first.id)).toEqual(row);
      },
    );
  });

  it('brings a login that got lost on the way the last time', async () => {
    const road = named('flanks (link)');
    const userId = await world.mooring.user();
    const login = road.login();
    const lost = await world.begin({ userId, provider: 'flanks', institutionId: road.institutionId });
    const callback = await road.walk(world, lost.url, login);
    world.mooring.advance(31 * MINUTE);
    expect((await world.comeBack(callback)).status).toBe(410);

    const { query, id } = await connected(road, userId, login);

    expect(query).toMatchObject({ status: 'connected' });
    expect(await connectionsOf(userId)).toMatchObject([{ id, provider: 'flanks', state: { value: 'active' } }]);
    const stranger = await connected(road, await world.mooring.user(), login);
    expect(stranger.query).toMatchObject({ status: 'failed', problem: 'connection.duplicate' });
  });

  it('does not bring back a connection that is being deleted', async () => {
    const road = named('flinks');
    const userId = await world.mooring.user();
    const { id, login } = await connected(road, userId);
    world.flinks.addFault({ path: '/DeleteCard/', times: null, action: { kind: 'respond', status: 503 } });
    expect((await world.mooring.call('DELETE', `/v1/connections/${id}`)).status).toBe(202);

    const { query } = await connected(road, userId, login);

    expect(query).toMatchObject({ status: 'failed', problem: 'connection.deleting' });
    expect(await world.mooring.read(id)).toMatchObject({ body: { state: { value: 'deleting' } } });
  });

  it('ends when its connection is deleted meanwhile', async () => {
    for (const road of [named('tink'), named('flanks (link)'), named('flinks')]) {
      const userId = await world.mooring.user();
      const { id, login } = await connected(road, userId);
      road.wantsUser(world, login);
      const visit = await repair(road, userId, id);
      const callback = await road.walk(world, visit.url, login);
      await world.mooring.call('DELETE', `/v1/connections/${id}`);

      const answer = await world.comeBack(callback);

      expect([answer.status, pageCode(answer)]).toEqual([303, 'none']);
      // Flinks may still be at work for the visit; what comes of it is looked for.
      await world.minutes(15, async () => {
        await world.mooring.watch();
        await world.recoverVisits();
      });
      expect(await world.visit(visit.id)).toMatchObject({
        status: 'failed',
        problem: expect.stringMatching(/^connection\.(deleting|not_found)$/) as string,
      });
      expect((await world.mooring.read(id)).status).toBe(404);
    }
  });

  it('may come back until its time is over when its connection is gone, as the page may have made a credential', async () => {
    const road = named('flanks (link)');
    const userId = await world.mooring.user();
    const { id } = await connected(road, userId);
    const visit = await repair(road, userId, id);
    await world.mooring.call('DELETE', `/v1/connections/${id}`);

    await world.minutes(3);
    const open = await world.visit(visit.id);
    expect(open).toMatchObject({ status: 'open' });

    world.mooring.advance(Date.parse(textAt(open, 'expiresAt')) - world.mooring.clock.now().getTime());
    await world.minutes(3);

    expect(await world.visit(visit.id)).toMatchObject({ status: 'expired' });
  });
});
