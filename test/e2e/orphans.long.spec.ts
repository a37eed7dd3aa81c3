import { ReconcileProviders } from '../../src/reconcile/reconcile-providers.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import { ROADS } from '../factories/roads.factory.js';
import { GOOD_LOGIN } from '../factories/sandbox-app.factory.js';
import { onwards, ThreeProviders } from '../factories/three-providers.factory.js';

const HOUR = 3_600_000;

interface Listed {
  readonly id: string;
  readonly provider: string;
  readonly kind: string;
  readonly status: string;
}

describe('the search for orphans', () => {
  let world: ThreeProviders;

  beforeAll(async () => {
    world = await ThreeProviders.start();
  });

  beforeEach(async () => {
    await world.forget();
    await world.mooring.sql('DELETE FROM orphans');
    await world.mooring.sql('DELETE FROM reconcile_sweeps');
    await world.mooring.sql(`UPDATE connections SET deleted_at = now(), state = 'deleted', credential_sealed = NULL,
      next_watch_at = NULL, next_sync_at = NULL WHERE deleted_at IS NULL`);
    world.mooring.tink.reset();
    world.flanks.reset();
  });

  afterAll(async () => {
    await world.close();
  });

  const sweep = async () => world.mooring.inside(ReconcileProviders).run(new AbortController().signal);

  async function sweepAgain(ms = HOUR): Promise<string> {
    world.mooring.advance(ms);
    return sweep();
  }

  const list = async (status = 'open') =>
    member((await world.mooring.get(`/admin/orphans?status=${status}`)).body, 'data') as Listed[];

  async function connectAt(provider: string, userId: string): Promise<string> {
    const road = ROADS.find((each) => each.provider === provider);
    if (provider === 'tink' || !road) return world.mooring.active({ userId, fields: GOOD_LOGIN });
    const visit = await world.begin({ userId, provider, institutionId: road.institutionId });
    const back = await world.comeBack(await road.walk(world, visit.url, road.login()));
    const id = onwards(back)['connectionId'] ?? '';
    await world.mooring.until(id, 'active');
    return id;
  }

  /** As if a backup from before had been restored. */
  async function lose(connectionId: string): Promise<void> {
    await world.mooring.sql(
      `UPDATE connections SET deleted_at = now(), state = 'deleted', credential_sealed = NULL, credential_lookup = NULL,
        fingerprint = NULL, next_watch_at = NULL, next_sync_at = NULL WHERE id = $1`,
      [connectionId],
    );
  }

  const credentialsAt = (provider: string, userId: string) =>
    provider === 'tink'
      ? world.mooring.credentialsOf(userId)
      : world.flanks.state().credentials.filter(({ externalId }) => externalId === userId);

  it.each(['tink', 'flanks'])('at %s reports one that two sweeps saw, and an operator deletes it', async (provider) => {
    const userId = await world.mooring.user();
    await lose(await connectAt(provider, userId));

    expect(await sweep()).toContain(`${provider} finished`);
    expect(await list()).toEqual([]);
    world.mooring.advance(HOUR - 1);
    expect(await sweep()).toContain(`${provider} resting`);
    expect(await sweepAgain(1)).toContain(`${provider} finished, 1 reported`);

    const [orphan, ...more] = await list();
    expect(more).toEqual([]);
    expect(orphan).toMatchObject({ provider, kind: 'upstream', status: 'open', userId, connectionId: null });
    const metrics = (await world.mooring.get('/metrics')).bytes.toString();
    expect(metrics).toContain(`mooring_orphans{provider="${provider}",kind="upstream"} 1`);

    const done = await world.mooring.post(`/admin/orphans/${orphan?.id ?? ''}/delete`);
    expect([done.status, textAt(done.body, 'status')]).toEqual([200, 'deleted']);
    expect(credentialsAt(provider, userId)).toEqual([]);
    expect(await world.mooring.sql('SELECT 1 FROM orphans WHERE credential_sealed IS NOT NULL')).toEqual([]);
    expect((await world.mooring.post(`/admin/orphans/${orphan?.id ?? ''}/delete`)).body).toMatchObject({
      code: 'orphan.resolved',
    });
    const audited = await world.mooring.sql(`SELECT action FROM audit_entries WHERE subject = $1`, [
      `orphan:${orphan?.id ?? ''}`,
    ]);
    expect(audited).toEqual([{ action: 'orphan.deletion_requested' }]);
  });

  it.each(['tink', 'flanks'])(
    'at %s leaves connections alone, and never shows what the provider calls them',
    async (provider) => {
      const userId = await world.mooring.user();
      const id = await connectAt(provider, userId);
      await sweep();
      await sweepAgain();
      await sweepAgain();

      expect(await world.mooring.sql('SELECT kind, status FROM orphans')).toEqual([]);
      expect((await world.mooring.read(id)).body).toMatchObject({ state: { value: 'active' } });
    },
  );

  it('never reports what a creation under way may have made', async () => {
    const userId = await world.mooring.user();
    world.mooring.tink.addFault({ method: 'POST', path: '/credentials$', action: { kind: 'accept-then-reset' } });
    expect((await world.mooring.connect({ userId })).status).toBe(503);
    expect(world.mooring.credentialsOf(userId)).toHaveLength(1);

    await sweep();
    await sweepAgain();
    await sweepAgain();

    expect(await list()).toEqual([]);
    expect(await world.mooring.sql('SELECT status FROM orphans')).toEqual([{ status: 'suspected' }]);
    await world.mooring.watch();
    await sweepAgain();
    expect(await world.mooring.sql('SELECT 1 FROM orphans')).toEqual([]);
  });

  it('never reports what an open visit may have made, and does when the visit is over without it', async () => {
    const userId = await world.mooring.user();
    const road = ROADS.find(({ provider }) => provider === 'flanks');
    const visit = await world.begin({ userId, provider: 'flanks', institutionId: 'testbank' });
    await road?.walk(world, visit.url, road.login());
    const [made] = world.flanks.state().credentials;
    expect(made?.externalId).toBe(userId);

    await sweep();
    await sweepAgain();
    expect(await list()).toEqual([]);
    await world.mooring.sql(`UPDATE link_sessions SET status = 'expired', state_sealed = NULL, handle_sealed = NULL`);
    await sweepAgain();

    expect(await list()).toMatchObject([{ provider: 'flanks', userId }]);
  });

  it('notices a credential that was deleted at the provider behind our back', async () => {
    const userId = await world.mooring.user();
    const id = await connectAt('tink', userId);
    world.mooring.tink.reset();
    world.mooring.advance(2_000);

    expect(await sweep()).toContain('tink finished, 1 reported');

    expect((await world.mooring.read(id)).body).toMatchObject({
      state: { value: 'failed', providerStatus: 'NOT_FOUND' },
    });
    const [orphan] = await list();
    expect(orphan).toMatchObject({ kind: 'local', connectionId: id, userId });
    const done = await world.mooring.post(`/admin/orphans/${orphan?.id ?? ''}/delete`);
    expect(textAt(done.body, 'status')).toBe('deleted');
    expect((await world.mooring.read(id)).status).toBe(404);
  });

  it('deletes no connection that was mended since it was reported', async () => {
    const userId = await world.mooring.user();
    const id = await connectAt('tink', userId);
    await world.mooring.sql(
      `INSERT INTO orphans (id, provider, kind, status, user_id, connection_id, first_seen_at, last_seen_at, reported_at)
       VALUES (gen_random_uuid(), 'tink', 'local', 'open', $1, $2, now(), now(), now())`,
      [userId, id],
    );
    const [orphan] = await list();
    const refused = await world.mooring.post(`/admin/orphans/${orphan?.id ?? ''}/delete`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'orphan.in_use' } });
    expect((await world.mooring.read(id)).body).toMatchObject({ state: { value: 'active' } });
    expect(credentialsAt('tink', userId)).toHaveLength(1);
  });

  it('stops at a provider that is down, and goes on from there', async () => {
    const userId = await world.mooring.user();
    await lose(await connectAt('flanks', userId));
    const fault = world.flanks.addFault({ path: '.', times: null, action: { kind: 'respond', status: 503 } });

    expect(await sweep()).toContain('flanks stopped');
    world.flanks.clearFaults(fault);
    world.mooring.advance(120_000);

    expect(await world.mooring.sql(`SELECT phase FROM reconcile_sweeps WHERE provider = 'flanks'`)).toEqual([
      { phase: 'upstream' },
    ]);
    await sweepAgain(0);
    await sweepAgain();
    expect((await list()).map(({ provider }) => provider)).toContain('flanks');
  });

  it('is told to forget one: it is shown among the ignored, and counted no more', async () => {
    const userId = await world.mooring.user();
    await lose(await connectAt('tink', userId));
    await sweep();
    await sweepAgain();
    const [orphan] = await list();

    const ignored = await world.mooring.post(`/admin/orphans/${orphan?.id ?? ''}/ignore`);
    expect(textAt(ignored.body, 'status')).toBe('ignored');
    await sweepAgain();

    expect(await list()).toEqual([]);
    expect(await list('ignored')).toHaveLength(1);
    expect((await world.mooring.post(`/admin/orphans/${orphan?.id ?? ''}/delete`)).status).toBe(200);
    expect(world.mooring.credentialsOf(userId)).toEqual([]);
  });

  it('says which providers list nothing, and refuses what it does not know', async () => {
    expect((await world.mooring.get('/admin/orphans')).body).toMatchObject({ unsupported: ['flinks'] });
    expect((await world.mooring.get('/admin/orphans?status=suspected')).status).toBe(400);
    expect((await world.mooring.post('/admin/orphans/0199aaaa-0000-7000-8000-000000000001/delete')).body).toMatchObject(
      {
        code: 'orphan.not_found',
      },
    );
  });
});
