import { ConnectionRepository } from '../../src/connections/persistence/connection.repository.js';
import { FormerCredentialRepository } from '../../src/connections/persistence/former-credential.repository.js';
import { providerId } from '../../src/credentials/provider-id.js';
import { ReconcileProviders } from '../../src/reconcile/reconcile-providers.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import { ROADS } from '../factories/roads.factory.js';
import { GOOD_LOGIN, type Answer } from '../factories/sandbox-app.factory.js';
import { onwards, ThreeProviders } from '../factories/three-providers.factory.js';

const HOUR = 3_600_000;

describe('the deletion of a user whose providers keep no users', () => {
  let world: ThreeProviders;

  beforeAll(async () => {
    world = await ThreeProviders.start();
  });

  beforeEach(async () => {
    await world.forget();
    for (const table of ['orphans', 'reconcile_sweeps', 'former_credentials']) {
      await world.mooring.sql(`DELETE FROM ${table}`);
    }
    await world.mooring.sql(`UPDATE connections SET deleted_at = now(), state = 'deleted', credential_sealed = NULL,
      next_watch_at = NULL, next_sync_at = NULL WHERE deleted_at IS NULL`);
    world.mooring.tink.reset();
  });

  afterAll(async () => {
    await world.close();
  });

  const remove = async (userId: string) => world.mooring.call('DELETE', `/v1/users/${userId}`);
  const receiptOf = async (answer: Answer) => (await world.mooring.get(answer.headers.get('location') ?? '/none')).body;
  const purge = async (userId: string) =>
    (await world.mooring.post(`/admin/users/${userId}/purge`, { confirm: userId })).body;
  const flanksOf = (userId: string) =>
    world.flanks.state().credentials.filter(({ externalId }) => externalId === userId);
  const orphansOf = async (userId: string) =>
    world.mooring.sql(
      'SELECT status, resolved_by, credential_sealed IS NOT NULL AS secret FROM orphans WHERE user_id = $1',
      [userId],
    );
  const formersOf = async (userId: string) =>
    world.mooring.sql('SELECT connection_id, reason, due_at FROM former_credentials WHERE user_id = $1', [userId]);

  async function connectAt(provider: string, userId: string): Promise<string> {
    const road = ROADS.find((each) => each.provider === provider);
    if (!road) throw new Error(`No road to ${provider}.`);
    const visit = await world.begin({ userId, provider, institutionId: road.institutionId });
    const id = onwards(await world.comeBack(await road.walk(world, visit.url, road.login())))['connectionId'] ?? '';
    await world.mooring.until(id, 'active');
    return id;
  }

  /** As if a backup from before had been restored. */
  async function lose(connectionId: string): Promise<() => Promise<unknown>> {
    const [before] = await world.mooring.sql<{ sealed: string; lookup: string }>(
      'SELECT credential_sealed AS sealed, credential_lookup AS lookup FROM connections WHERE id = $1',
      [connectionId],
    );
    await world.mooring.sql(
      `UPDATE connections SET deleted_at = now(), state = 'deleted', credential_sealed = NULL, credential_lookup = NULL,
        fingerprint = NULL, next_watch_at = NULL, next_sync_at = NULL WHERE id = $1`,
      [connectionId],
    );
    return async () =>
      world.mooring.sql(
        `UPDATE connections SET deleted_at = NULL, state = 'active', credential_sealed = $2, credential_lookup = $3
          WHERE id = $1`,
        [connectionId, before?.sealed, before?.lookup],
      );
  }

  describe('gives a receipt that', () => {
    it.each(['flanks', 'flinks'])('says that the credential was deleted at %s', async (provider) => {
      const userId = await world.mooring.user();
      await connectAt(provider, userId);
      expect(await receiptOf(await remove(userId))).toMatchObject({ upstream: { answer: 'deleted' } });
    });

    it('says that it was gone already', async () => {
      const userId = await world.mooring.user();
      await connectAt('flinks', userId);
      world.flinks.reset();
      expect(await receiptOf(await remove(userId))).toMatchObject({ upstream: { answer: 'already_gone' } });
    });

    it('does not hide that a connection was purged before, and whom Tink deleted', async () => {
      const userId = await world.mooring.user();
      const id = await connectAt('flanks', userId);
      await world.mooring.active({ userId, fields: GOOD_LOGIN });
      world.flanks.addFault({ path: '.', method: 'DELETE', times: null, action: { kind: 'respond', status: 503 } });
      const purged = await world.mooring.post(`/admin/connections/${id}/purge`, { confirm: id });
      const answer = textAt(purged.body, 'upstream');
      expect(answer).toMatch(/^failed:provider\./);
      world.flanks.clearFaults();

      const receipt = await receiptOf(await remove(userId));

      expect(receipt).toMatchObject({ upstream: { answer }, what: { providerUsers: { tink: 'deleted' } } });
      expect((await world.mooring.get('/admin/deletions/verify')).body).toMatchObject({ intact: true });
    });
  });

  it.each(['flanks', 'flinks'])('ends open visits at %s when it is purged, and says so', async (provider) => {
    const userId = await world.mooring.user();
    const road = ROADS.find((each) => each.provider === provider);
    const visit = await world.begin({ userId, provider, institutionId: road?.institutionId ?? '' });
    const callback = await road?.walk(world, visit.url, road.login());
    expect((await remove(userId)).status).toBe(202);

    const purged = await purge(userId);

    expect(purged).toMatchObject({ upstream: 'failed:connection.create_in_progress', providerUsers: {} });
    const receipt = (await world.mooring.get(`/v1/deletions/${textAt(purged, 'receiptId')}`)).body;
    expect(receipt).toMatchObject({ status: 'completed', what: { unfinished: { [provider]: 1 } } });
    expect(await world.mooring.sql('SELECT 1 FROM link_sessions WHERE user_id = $1', [userId])).toEqual([]);
    if (callback) expect((await world.comeBack(callback)).status).toBe(404);
  });

  it.each([
    ['deletes', false, 'deleted', { flanks: 'deleted' }, undefined],
    ['leaves, when it is down,', true, 'failed:provider.unavailable', {}, { flanks: 1 }],
  ])(
    'waits for a former credential, which a purge %s at the provider',
    async (_what, isDown, upstream, said, unfinished) => {
      const userId = await world.mooring.user();
      const id = await connectAt('flanks', userId);
      const credentialId = (await world.mooring.inside(ConnectionRepository).find(id))?.credentialId;
      if (!credentialId) throw new Error('No credential.');
      await lose(id);
      const now = world.mooring.clock.now();
      await world.mooring.inside(FormerCredentialRepository).addAlone({
        ...{ connectionId: null, userId, provider: providerId('flanks'), reason: 'refused', createdAt: now },
        ...{ credentialId, dueAt: new Date(now.getTime() + HOUR) },
      });
      world.flanks.addFault({ path: '.', method: 'DELETE', times: null, action: { kind: 'respond', status: 503 } });
      expect((await remove(userId)).status).toBe(202);
      if (!isDown) world.flanks.clearFaults();

      const purged = await purge(userId);

      expect(purged).toMatchObject({ upstream, providerUsers: said });
      const receipt = (await world.mooring.get(`/v1/deletions/${textAt(purged, 'receiptId')}`)).body;
      expect(member(receipt, 'what', 'unfinished')).toEqual(unfinished);
      expect(flanksOf(userId)).toHaveLength(isDown ? 1 : 0);
      expect(await formersOf(userId)).toEqual([]);
    },
  );

  describe('hands over orphans:', () => {
    const sweep = async () => {
      world.mooring.advance(HOUR);
      return world.mooring.inside(ReconcileProviders).run(new AbortController().signal);
    };

    it.each([
      ['suspected', 1],
      ['open', 2],
      ['ignored', 2],
    ])('one that is %s is deleted at the provider', async (status, sweeps) => {
      const userId = await world.mooring.user();
      await lose(await connectAt('flanks', userId));
      for (let done = 0; done < sweeps; done += 1) await sweep();
      if (status === 'ignored') {
        await world.mooring.sql(`UPDATE orphans SET status = 'ignored' WHERE user_id = $1`, [userId]);
      }
      expect(await orphansOf(userId)).toMatchObject([{ status, secret: true }]);

      const receipt = await receiptOf(await remove(userId));

      expect(receipt).toMatchObject({ status: 'completed', upstream: { answer: 'deleted' } });
      const closed = { status: 'deleted', resolved_by: 'eraser', secret: false };
      expect(await orphansOf(userId)).toEqual(status === 'suspected' ? [] : [closed]);
      expect([flanksOf(userId), await formersOf(userId)]).toEqual([[], []]);
      await sweep();
      expect(await orphansOf(userId)).toEqual(status === 'suspected' ? [] : [closed]);
    });

    it('one that a live connection has stays at the provider', async () => {
      const [anna, bert] = [await world.mooring.user(), await world.mooring.user()];
      const id = await connectAt('flanks', bert);
      const find = await lose(id);
      await sweep();
      await sweep();
      await world.mooring.sql('UPDATE orphans SET user_id = $1 WHERE user_id = $2', [anna, bert]);
      expect(await orphansOf(anna)).toMatchObject([{ status: 'open', secret: true }]);
      await find();

      expect((await remove(anna)).status).toBe(204);
      expect(flanksOf(bert)).toHaveLength(1);
      expect(await orphansOf(anna)).toMatchObject([{ status: 'deleted', secret: false }]);
      expect(await formersOf(anna)).toEqual([]);
    });

    it('and waits until the provider has deleted it', async () => {
      const userId = await world.mooring.user();
      await lose(await connectAt('flanks', userId));
      await sweep();
      world.flanks.addFault({ method: 'DELETE', path: '.', times: null, action: { kind: 'respond', status: 500 } });

      expect((await remove(userId)).status).toBe(202);
      expect(await orphansOf(userId)).toEqual([]);
      expect(await formersOf(userId)).toHaveLength(1);

      world.flanks.clearFaults();
      const receipt = await receiptOf(await remove(userId));
      expect(receipt).toMatchObject({ status: 'completed', upstream: { answer: 'deleted' } });
      expect([flanksOf(userId), await formersOf(userId)]).toEqual([[], []]);
    });

    it('those of others stay', async () => {
      const [anna, bert] = [await world.mooring.user(), await world.mooring.user()];
      await lose(await connectAt('flanks', bert));
      await sweep();
      await sweep();
      const receipt = await receiptOf(await remove(anna));
      expect(member(receipt, 'what', 'traces', 'orphans')).toBe(0);
      expect(await orphansOf(bert)).toEqual([{ status: 'open', resolved_by: null, secret: true }]);
      expect(await formersOf(bert)).toEqual([]);
    });
  });
});
