import { RetireFormerCredentials } from '../../src/connections/credential-retirement.js';
import { member } from '../../src/sandbox/rest-client.js';
import { onwards, ThreeProviders } from '../factories/three-providers.factory.js';
import { road, Walker } from './link-walk.js';

const TINK = 'u10000001';
const FLINKS = 'greatday_rounds';

describe('a connection that moves to another provider', () => {
  let world: ThreeProviders;
  let walker: Walker;

  beforeAll(async () => {
    world = await ThreeProviders.start();
    walker = new Walker(world);
  });

  beforeEach(async () => {
    await world.forget();
    await world.mooring.sql('DELETE FROM former_credentials');
  });

  afterAll(async () => {
    await world.close();
  });

  const move = async (connectionId: string, userId: string, to: string, login: string) =>
    walker.visit(to, login, { userId, connectionId });

  it('keeps its id and history, and the old credential goes once the new one works', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('tink', TINK, userId);
    const events = await world.mooring.states(id);
    const before = await walker.row(id);
    await world.mooring.watch();
    const accounts = await walker.listed(id);

    const query = await move(id, userId, 'flinks', FLINKS);

    expect(query).toMatchObject({ status: 'connected', connectionId: id });
    expect(await walker.row(id)).toMatchObject({ provider: 'flinks', institution_id: 'FlinksCapital' });
    expect(await walker.notes(id)).toEqual(['moved from tink to flinks']);
    expect((await world.mooring.states(id)).length).toBeGreaterThan(events.length);
    expect(await walker.connectionsOf(userId)).toMatchObject([{ id, provider: 'flinks' }]);
    expect(world.mooring.credentialsOf(userId)).toHaveLength(1);

    await world.mooring.until(id, 'active');
    const after = await walker.row(id);
    expect(after.fingerprint).not.toBe(before.fingerprint);
    expect(after.credential_lookup).not.toBe(before.credential_lookup);
    expect(await walker.formers(userId)).toEqual(['tink moved']);
    expect(await walker.retire()).toBe(1);
    expect(world.mooring.credentialsOf(userId)).toEqual([]);
    expect(await walker.formers(userId)).toEqual([]);
    expect(await walker.retire()).toBe(0);
    await world.mooring.watch();
    const now = await walker.listed(id);
    expect(accounts.length).toBeGreaterThan(0);
    expect(now).toEqual(expect.arrayContaining(accounts));
    expect(now.length).toBeGreaterThan(accounts.length);
    expect(await world.everything()).not.toContain(world.card(FLINKS).loginId);
  });

  it('does not lose the old credential before the new one has worked', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('flinks', FLINKS, userId);
    const { loginId } = world.card(FLINKS);

    await move(id, userId, 'flanks (link)', 'eva.moves');

    expect(await walker.row(id)).toMatchObject({ provider: 'flanks', state: 'pending' });
    expect(await walker.formers(userId)).toEqual(['flinks moved waits']);
    expect(await walker.retire()).toBe(0);
    expect(world.flinks.card(loginId).hasCredentials).toBe(true);

    await world.mooring.until(id, 'active');
    expect(await walker.retire()).toBe(1);
    expect(world.flinks.state().cards).toEqual([]);
  });

  it('comes back to where it was, also before the old credential is gone there', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('tink', TINK, userId);
    await move(id, userId, 'flinks', FLINKS);
    await world.mooring.until(id, 'active');
    const begun = await world.begin({ userId, provider: 'tink', connectionId: id });
    // Tink has this login still, and says so.
    const back = new URL(`https://mooring.example/link/tink/callback`);
    const state = new URL(begun.url).searchParams.get('state') ?? '';
    back.search = new URLSearchParams({ credentialsId: world.mooring.credentialOf(userId).id, state }).toString();

    expect(onwards(await world.comeBack(back))).toMatchObject({ status: 'connected', connectionId: id });

    expect(await walker.row(id)).toMatchObject({ provider: 'tink', state: 'active' });
    expect(await walker.formers(userId)).toEqual(['flinks moved']);
    expect(await walker.retire()).toBe(1);
    expect(world.mooring.credentialsOf(userId)).toHaveLength(1);
    expect(world.flinks.state().cards).toEqual([]);
    expect(await walker.notes(id)).toEqual(['moved from tink to flinks', 'moved from flinks to tink']);
  });

  it('and back again with a new credential', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('tink', TINK, userId);
    for (const [name, login] of [
      ['flinks', FLINKS],
      ['tink', TINK],
    ] as const) {
      expect(await move(id, userId, name, login)).toMatchObject({ status: 'connected', connectionId: id });
      await world.mooring.until(id, 'active');
      expect(await walker.retire()).toBe(1);
    }
    expect(world.mooring.credentialsOf(userId)).toHaveLength(1);
    expect(world.flinks.state().cards).toEqual([]);
  });

  it('changes nothing when the user does not come back', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('tink', TINK, userId);
    const row = await world.row(id);

    const visit = await world.begin({ userId, provider: 'flinks', connectionId: id });
    await world.minutes(31);

    expect(await world.visit(visit.id)).toMatchObject({ status: 'expired', connectionId: id });
    expect(await world.row(id)).toEqual(row);
    expect(await walker.formers(userId)).toEqual([]);
  });

  it('is not for another user, nor while the provider works on it', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('tink', TINK, userId);
    const stranger = await world.mooring.user();
    expect(await world.link({ userId: stranger, provider: 'flinks', connectionId: id })).toMatchObject({
      ...{ status: 404, body: { code: 'connection.not_found' } },
    });
    await world.mooring.post(`/v1/connections/${id}/refresh`, { userPresent: true });
    expect(await world.link({ userId, provider: 'flinks', connectionId: id })).toMatchObject({
      ...{ status: 409, body: { code: 'connection.busy' } },
    });
  });

  it('is refused to a login that another connection has, and both stay', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('tink', TINK, userId);
    const other = await walker.connected('flinks', FLINKS, userId);
    world.mooring.advance(60_000);
    const rows = [await world.row(id), await walker.row(other)];

    const query = await move(id, userId, 'flinks', FLINKS);

    expect(query).toMatchObject({ status: 'failed', problem: 'connection.duplicate', connectionId: other });
    expect(await world.row(id)).toEqual(rows[0]);
    expect(await walker.row(other)).toMatchObject({
      credential_lookup: (rows[1] as { credential_lookup: string }).credential_lookup,
    });
    expect(await walker.formers(userId)).toEqual([]);
    expect(world.flinks.state().cards).toHaveLength(1);
  });

  it('has its new credential deleted when the connection is gone by then', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('tink', TINK, userId);
    const begun = await world.begin({ userId, provider: 'flinks', connectionId: id });
    world.mooring.advance(1000);
    const callback = await road('flinks').walk(world, begun.url, FLINKS);
    await world.mooring.call('DELETE', `/v1/connections/${id}`);

    expect((await world.comeBack(callback)).status).toBe(303);
    await world.minutes(2);

    expect(await world.visit(begun.id)).toMatchObject({ status: 'failed', problem: 'connection.not_found' });
    expect(await walker.formers(userId)).toEqual(['flinks refused']);
    world.mooring.advance(300_000);
    expect(await walker.retire()).toBe(1);
    expect(world.flinks.state().cards).toEqual([]);
  });

  it('is finished by any process when the old provider was away', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('tink', TINK, userId);
    await move(id, userId, 'flinks', FLINKS);
    await world.mooring.until(id, 'active');
    const away = { kind: 'respond', status: 503 } as const;
    world.mooring.tink.addFault({ path: '/credentials/', method: 'DELETE', times: 4, action: away });
    const second = await world.alongside();
    const [first, other] = [world, second].map((each) => each.mooring.inside(RetireFormerCredentials));

    const tried = await Promise.all([first?.run(), other?.run()]);

    expect(tried.sort()).toEqual([0, 1]);
    expect(await walker.formers(userId)).toEqual(['tink moved']);
    expect(await other?.run()).toBe(0);
    world.mooring.tink.clearFaults();
    world.mooring.advance(31_000);
    expect(await other?.run()).toBe(1);
    expect(world.mooring.credentialsOf(userId)).toEqual([]);
    await second.close();
  });

  it('writes both credentials or none when the process dies at the swap', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('tink', TINK, userId);
    const begun = await world.begin({ userId, provider: 'flanks', connectionId: id });
    const callback = await road('flanks (link)').walk(world, begun.url, 'eva.dies');
    const row = await world.row(id);
    await world.mooring.sql(`ALTER TABLE former_credentials RENAME TO former_credentials_away`);

    expect((await world.comeBack(callback)).status).toBeGreaterThanOrEqual(500);

    await world.mooring.sql(`ALTER TABLE former_credentials_away RENAME TO former_credentials`);
    expect(await world.row(id)).toEqual(row);
    await world.minutes(3);
    expect(await world.visit(begun.id)).toMatchObject({ status: 'connected', connectionId: id });
    expect(await walker.row(id)).toMatchObject({ provider: 'flanks' });
    expect(await walker.formers(userId)).toEqual(['tink moved']);
  });

  it('leaves nothing behind when it is deleted before the new credential has worked', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('flinks', FLINKS, userId);
    await move(id, userId, 'flanks (link)', 'eva.leaves');

    await world.mooring.call('DELETE', `/v1/connections/${id}`);

    expect(await walker.formers(userId)).toEqual([]);
    expect(world.flinks.state().cards).toEqual([]);
    expect(world.flanks.state().credentials.filter(({ username }) => username === 'eva.leaves')).toEqual([]);
  });

  it('keeps a credential that a connection has taken again', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('flinks', FLINKS, userId);
    await move(id, userId, 'flanks (link)', 'eva.again');
    await world.mooring.until(id, 'active');
    expect(await walker.formers(userId)).toEqual(['flinks moved']);

    const again = await walker.connected('flinks', FLINKS, userId);

    expect(again).not.toBe(id);
    expect(await walker.formers(userId)).toEqual([]);
    await walker.retire();
    expect(world.flinks.state().cards).toHaveLength(1);
    expect(member(await world.mooring.until(again, 'active'), 'id')).toBe(again);
  });
});
