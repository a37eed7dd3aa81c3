import { FlanksCredentialsService } from '../../src/providers/flanks/flanks-credentials.service.js';
import { TinkCredentialsService } from '../../src/providers/tink/tink-credentials.service.js';
import { textAt } from '../../src/sandbox/rest-client.js';
import { onwards, ThreeProviders } from '../factories/three-providers.factory.js';
import { GOOD_LOGIN } from '../factories/sandbox-app.factory.js';
import { road, Walker } from './link-walk.js';

const CARD = 'greatday_nomfa';
const FLANKS = 'flanks (link)';

describe('a bank login that gets another credential', () => {
  let world: ThreeProviders;
  let walker: Walker;
  let count = 0;

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

  const lookup = async (id: string) => (await walker.row(id)).credential_lookup;

  describe('at Flinks, after the card was deleted', () => {
    let userId = '';
    let id = '';
    let before = '';

    beforeEach(async () => {
      userId = await world.mooring.user();
      id = await walker.connected('flinks', CARD, userId);
      before = await lookup(id);
    });

    const expectRevived = async (): Promise<void> => {
      await world.mooring.until(id, 'active');
      expect(await lookup(id)).not.toBe(before);
      expect(await walker.connectionsOf(userId)).toMatchObject([{ id }]);
      expect(await walker.formers(userId)).toEqual(['flinks replaced']);
      expect(await walker.retire()).toBe(1);
      expect(await walker.formers(userId)).toEqual([]);
      expect(world.flinks.state().cards).toHaveLength(1);
    };

    it('is not connected twice: the refusal says how the connection lives again, and it does', async () => {
      await walker.deleteCard(id, CARD);

      const refused = await walker.create(userId, CARD);
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'connection.duplicate', connectionId: id, instead: `PUT /v1/connections/${id}/login` },
      });
      expect(world.flinks.state().cards).toEqual([]);
      const [method = '', path = ''] = textAt(refused.body, 'instead').split(' ');
      const fields = { username: CARD, password: 'Everyday' };
      expect((await world.mooring.call(method, path, { body: { fields } })).status).toBe(202);

      await expectRevived();
    });

    it('says nothing of that while the connection works', async () => {
      const refused = await walker.create(userId, CARD);
      expect(refused).toMatchObject({ status: 409, body: { code: 'connection.duplicate', connectionId: id } });
      expect(refused.body).not.toHaveProperty('instead');
    });

    it.each([
      ['to connect it anew', 'connect'],
      ['to give its login', 'update_login'],
    ])('lives again by a visit %s', async (_what, purpose) => {
      const accounts = await walker.accounts(id);
      expect(accounts.length).toBeGreaterThan(1);
      await walker.deleteCard(id, CARD);

      const query = await walker.visit('flinks', CARD, { userId, purpose, connectionId: id });

      expect(query).toMatchObject({ status: 'connected', connectionId: id });
      await expectRevived();
      expect(await walker.accounts(id)).toEqual(accounts);
      expect(await walker.notes(id)).toContain('the provider gave another credential');
    });

    it('lives again by a visit that names no connection', async () => {
      await walker.deleteCard(id, CARD);
      expect(await walker.visit('flinks', CARD, { userId })).toMatchObject({ status: 'connected', connectionId: id });
      await expectRevived();
    });

    it('takes no other login, and what the visit made is deleted', async () => {
      await walker.deleteCard(id, CARD);
      const row = await walker.row(id);

      const query = await walker.visit('flinks', 'greatday_choice', { userId, connectionId: id });

      expect(query).toMatchObject({ status: 'failed', problem: 'link.different_login' });
      expect(await walker.row(id)).toMatchObject({ state: 'failed', credential_lookup: row.credential_lookup });
      expect(await walker.formers(userId)).toEqual(['flinks refused']);
      // Another visit may still take it.
      expect(await walker.retire()).toBe(0);
      world.mooring.advance(300_000);
      expect(await walker.retire()).toBe(1);
      expect(world.flinks.state().cards).toEqual([]);
      expect(await walker.formers(userId)).toEqual([]);
    });

    it('is one connection when several visits bring it at the same moment', async () => {
      await walker.deleteCard(id, CARD);
      const stranger = await world.mooring.user();

      const callbacks: URL[] = [];
      for (const request of [{ userId, connectionId: id }, { userId }, { userId: stranger }]) {
        const { provider, institutionId } = road('flinks');
        const { url } = await world.begin({ ...request, provider, institutionId });
        callbacks.push(await road('flinks').walk(world, url, CARD));
        // The page takes nobody while Flinks collects data for the one before.
        world.mooring.advance(10_000);
        await world.mooring.get('/v1/connections');
      }
      world.mooring.advance(60_000);

      const ends = (await Promise.all(callbacks.map(async (each) => world.comeBack(each)))).map(onwards);

      expect(ends.slice(0, 2).map(({ status, connectionId }) => [status, connectionId])).toEqual([
        ['connected', id],
        ['connected', id],
      ]);
      expect(ends[2]).toMatchObject({ status: 'failed', problem: 'connection.duplicate' });
      expect(ends[2]).not.toHaveProperty('connectionId');
      expect(await walker.connectionsOf(stranger)).toEqual([]);
      await expectRevived();
      // Whatever the refused visit wrote down, a card that a connection has is never deleted.
      world.mooring.advance(600_000);
      await walker.retire();
      expect(await walker.formers(stranger)).toEqual([]);
      expect(world.flinks.state().cards).toHaveLength(1);
    });

    it('asks an operator where an account cannot be told from another', async () => {
      const [first, second] = await walker.accounts(id);
      await world.mooring.sql(
        `UPDATE accounts SET number_lookup = one.number_lookup, number_masked = one.number_masked, name = one.name,
            iban_lookup = one.iban_lookup, currency = one.currency
          FROM accounts AS one WHERE one.id = $1 AND accounts.id = $2`,
        [first?.id, second?.id],
      );
      await walker.deleteCard(id, CARD);
      await walker.visit('flinks', CARD, { userId, connectionId: id });
      await world.mooring.until(id, 'active');

      const accounts = await walker.accounts(id);

      const { body } = await world.mooring.get('/admin/account-matches');
      const questions = (body as { data: { connectionId: string; candidates: unknown[] }[] }).data;
      const [question, ...more] = questions.filter(({ connectionId }) => connectionId === id);
      expect(more).toEqual([]);
      expect(JSON.stringify(question)).toContain(first?.id);
      expect(JSON.stringify(question)).toContain(second?.id);
      expect(accounts.length).toBeGreaterThan(2);
    });
  });

  describe('at Tink, deleted and added', () => {
    it.each([['connect'], ['none']])('by a visit keeps its connection (%s)', async (named) => {
      const userId = await world.mooring.user();
      const id = await walker.connected('tink', 'u10000001', userId);
      const accounts = await walker.accounts(id);
      const before = await lookup(id);
      await walker.deleteAt(TinkCredentialsService, id);

      const query = await walker.visit('tink', 'u10000001', {
        userId,
        ...(named === 'connect' && { connectionId: id }),
      });

      expect(query).toMatchObject({ status: 'connected' });
      const again = query['connectionId'] ?? '';
      await world.mooring.until(again, 'active');
      expect(await lookup(again)).not.toBe(before);
      if (named === 'connect') {
        expect(again).toBe(id);
        expect(await walker.accounts(id)).toEqual(accounts);
        expect(await walker.formers(userId)).toEqual(['tink replaced']);
        expect(await walker.retire()).toBe(1);
      }
      expect(world.mooring.credentialsOf(userId)).toHaveLength(1);
    });

    it('by its login keeps its connection, also when an answer of Tink got lost', async () => {
      const userId = await world.mooring.user();
      const id = await world.mooring.active({ userId });
      const before = await lookup(id);
      await walker.deleteAt(TinkCredentialsService, id);
      expect(await world.mooring.connect({ userId })).toMatchObject({ status: 409, body: { connectionId: id } });
      world.mooring.tink.addFault({
        ...{ path: '/api/v1/credentials', method: 'POST', times: 1 },
        action: { kind: 'accept-then-reset' },
      });

      const put = async () =>
        world.mooring.call('PUT', `/v1/connections/${id}/login`, { body: { fields: GOOD_LOGIN } });
      expect((await put()).status).toBe(202);

      await world.mooring.until(id, 'active');
      expect(await lookup(id)).not.toBe(before);
      expect(world.mooring.credentialsOf(userId)).toHaveLength(1);
      expect(await walker.retire()).toBe(1);
      expect(await walker.formers(userId)).toEqual([]);
    });
  });

  describe('at Flanks', () => {
    it('deleted and added, keeps its connection', async () => {
      const userId = await world.mooring.user();
      const login = `eva.new.${++count}`;
      const id = await walker.connected(FLANKS, login, userId);
      const accounts = await walker.accounts(id);
      const before = await lookup(id);
      await walker.deleteAt(FlanksCredentialsService, id);

      expect(await walker.visit(FLANKS, login, { userId, connectionId: id })).toMatchObject({
        ...{ status: 'connected', connectionId: id },
      });

      await world.mooring.until(id, 'active');
      expect(await lookup(id)).not.toBe(before);
      // A loan has no number: an operator is asked, nothing is guessed.
      expect(await walker.accounts(id)).toEqual(expect.arrayContaining(accounts));
      expect(await walker.retire()).toBe(1);
    });

    it('a duplicate that Flanks refuses changes nothing, and names the connection', async () => {
      const userId = await world.mooring.user();
      const login = `eva.twice.${++count}`;
      const id = await walker.connected(FLANKS, login, userId);
      world.flanks.setBlocked(world.flanksLogin(login).id, true);
      world.mooring.advance(86_400_000);
      await world.mooring.watch();
      await world.mooring.until(id, 'blocked');
      const before = await lookup(id);

      expect(await walker.visit(FLANKS, login, { userId, connectionId: id })).toMatchObject({
        ...{ status: 'failed', problem: 'connection.duplicate', connectionId: id },
      });

      expect(await walker.row(id)).toMatchObject({ state: 'blocked', credential_lookup: before });
      expect(await walker.formers(userId)).toEqual([]);
      expect(world.flanksLogin(login)).toBeDefined();
    });

    it('a duplicate that Flanks takes is the same connection', async () => {
      const userId = await world.mooring.user();
      const login = `eva.thrice.${++count}`;
      const id = await walker.connected(FLANKS, login, userId);
      world.flanks.setSwitches({ allowDuplicates: true });
      world.mooring.advance(60_000);

      const query = await walker.visit(FLANKS, login, { userId });
      world.flanks.setSwitches({ allowDuplicates: false });

      expect(query).toMatchObject({ status: 'connected', connectionId: id });
      expect(await walker.connectionsOf(userId)).toMatchObject([{ id }]);
      expect(await walker.formers(userId)).toEqual([]);
    });
  });
});
