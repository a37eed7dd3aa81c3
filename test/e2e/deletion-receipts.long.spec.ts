import { member, textAt } from '../../src/sandbox/rest-client.js';
import { DeleteConnection } from '../../src/connections/delete-connection.js';
import { emptied } from '../factories/emptied.js';
import { SandboxApp, type Answer } from '../factories/sandbox-app.factory.js';

const OPERATOR = { trigger: 'admin', actor: 'client:operator', requestId: null } as const;

interface Receipt {
  readonly id: string;
  readonly seq: number;
  readonly hash: string;
  readonly previousHash: string;
}

describe('receipts of deletions', () => {
  let mooring: SandboxApp;

  beforeAll(async () => {
    mooring = await SandboxApp.start();
  });

  beforeEach(async () => {
    await mooring.forget();
  });

  afterAll(async () => {
    await mooring.close();
  });

  const remove = async (path: string, key = mooring.key) => mooring.call('DELETE', path, { key });
  const receiptOf = async (answer: Answer) => (await mooring.get(answer.headers.get('location') ?? '/none')).body;
  const verify = async (cursor = '') => (await mooring.get(`/admin/deletions/verify${cursor}`)).body;

  async function deleted(): Promise<Receipt> {
    const id = await mooring.active();
    return (await receiptOf(await remove(`/v1/connections/${id}`))) as Receipt;
  }

  /** Past the database's own guard. */
  async function tamper(sql: string, parameters: unknown[]): Promise<void> {
    await mooring.sql('ALTER TABLE deletion_receipts DISABLE TRIGGER deletion_receipts_stay');
    await mooring.sql(sql, parameters);
    await mooring.sql('ALTER TABLE deletion_receipts ENABLE TRIGGER deletion_receipts_stay');
  }

  it('say what was deleted, when, for whom and with which answer, and nothing else', async () => {
    const userId = await mooring.user('cust-of-the-receipt');
    const id = await mooring.active({ userId, reference: 'loan-of-the-receipt' });
    await mooring.watch();
    const accounts = member((await mooring.get(`/v1/connections/${id}/accounts`)).body, 'data') as unknown[];

    const receipt = await receiptOf(await remove(`/v1/connections/${id}`));

    expect(receipt).toEqual({
      id: expect.any(String) as string,
      status: 'completed',
      subject: { kind: 'connection', id },
      userId,
      provider: 'tink',
      requestedAt: mooring.clock.now().toISOString(),
      requestedBy: expect.stringMatching(/^client:/) as string,
      upstream: { answer: 'deleted', at: mooring.clock.now().toISOString() },
      what: {
        ...{ eventsKept: expect.any(Number) as number, secretsShredded: 2, accounts: accounts.length },
        ...{ transactions: expect.any(Number) as number, holdings: 0, statements: 0 },
      },
      completedAt: mooring.clock.now().toISOString(),
      seq: expect.any(Number) as number,
      previousHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(accounts.length).toBeGreaterThan(0);
    expect(member(receipt, 'what', 'transactions')).toBeGreaterThan(0);
    const [row] = await mooring.sql<{ text: string }>(
      `SELECT to_jsonb(r)::text AS text FROM deletion_receipts r WHERE subject_id = $1`,
      [id],
    );
    expect(row?.text).not.toMatch(/of-the-receipt|u1000/);
  });

  it('tell when the provider had lost it, and of a user whom no provider knew', async () => {
    const id = await mooring.active();
    mooring.tink.reset();
    expect(await receiptOf(await remove(`/v1/connections/${id}`))).toMatchObject({
      upstream: { answer: 'already_gone' },
    });

    const userId = await mooring.user();
    expect(await receiptOf(await remove(`/v1/users/${userId}`))).toMatchObject({ upstream: { answer: 'not_needed' } });
  });

  it('of a user name those of the connections and the providers, and a repeat gives the same', async () => {
    const userId = await mooring.user();
    const id = await mooring.active({ userId });
    const first = await remove(`/v1/users/${userId}`);

    const receipt = await receiptOf(first);
    const [ofConnection] = await mooring.sql<{ id: string }>('SELECT id FROM deletion_receipts WHERE subject_id = $1', [
      id,
    ]);
    expect(receipt).toMatchObject({
      ...{
        status: 'completed',
        subject: { kind: 'user', id: userId },
        provider: null,
        upstream: { answer: 'deleted' },
      },
      what: { connections: 1, connectionReceipts: [ofConnection?.id], providerUsers: { tink: 'deleted' } },
    });
    const again = await remove(`/v1/users/${userId}`);
    expect([again.status, again.headers.get('location')]).toEqual([204, first.headers.get('location')]);
    const events = await mooring.sql('SELECT data FROM outgoing_events WHERE user_id = $1 AND type = $2', [
      ...[userId, 'user.deleted'],
    ]);
    expect(events).toEqual([{ data: { receiptId: textAt(receipt, 'id') } }]);
  });

  it('are listed newest first, by user, in pages', async () => {
    const userId = await mooring.user();
    const ids = [await mooring.active({ userId })];
    await remove(`/v1/connections/${ids[0] ?? ''}`);
    await remove(`/v1/users/${userId}`);

    const first = (await mooring.get(`/v1/deletions?userId=${userId}&limit=1`)).body;
    expect(member(first, 'data')).toMatchObject([{ subject: { kind: 'user' } }]);
    const rest = (await mooring.get(`/v1/deletions?userId=${userId}&limit=1&cursor=${textAt(first, 'nextCursor')}`))
      .body;
    expect(rest).toMatchObject({ data: [{ subject: { kind: 'connection', id: ids[0] } }], nextCursor: null });
    expect((await mooring.get('/v1/deletions?userId=nobody')).body).toMatchObject({ code: 'request.invalid' });
    expect((await mooring.get('/v1/deletions?cursor=nonsense')).body).toMatchObject({ code: 'request.invalid_cursor' });
  });

  it('of users are closed to who may not read users', async () => {
    const client = await mooring.post('/admin/clients', { name: 'connections only', scopes: ['credentials:read'] });
    const key = textAt(client.body, 'key');
    const userId = await mooring.user();
    const answer = await remove(`/v1/users/${userId}`);
    const path = answer.headers.get('location') ?? '';

    expect((await mooring.call('GET', path, { key })).body).toMatchObject({ code: 'access.denied' });
    expect((await mooring.call('GET', `/v1/deletions?userId=${userId}`, { key })).body).toMatchObject({ data: [] });
    expect((await mooring.get(path)).status).toBe(200);
  });

  it('are open to a user token of that user only', async () => {
    const [anna, bert] = [await mooring.user(), await mooring.user()];
    const id = await mooring.active({ userId: anna });
    const path = (await remove(`/v1/connections/${id}`)).headers.get('location') ?? '';
    const token = async (userId: string) =>
      textAt((await mooring.post(`/v1/users/${userId}/tokens`, { scope: ['credentials:read'] })).body, 'token');

    expect((await mooring.call('GET', path, { key: await token(anna) })).status).toBe(200);
    const foreign = await mooring.call('GET', path, { key: await token(bert) });
    expect(foreign.body).toMatchObject({ status: 404, code: 'deletion.not_found' });
    const list = await mooring.call('GET', `/v1/deletions?userId=${anna}`, { key: await token(bert) });
    expect(list.body).toMatchObject({ data: [] });
  });

  it('are made once when two ask at the same moment, and in one chain when many end at once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 4 }, async (_, one) =>
        mooring.active({ fields: { username: `u1000000${one + 1}`, password: 'abc123' } }).catch(() => null),
      ),
    );
    const live = ids.filter((id) => id !== null);
    const before = Number(member(await verify(), 'head', 'seq'));
    await Promise.all(live.flatMap((id) => [remove(`/v1/connections/${id}`), remove(`/v1/connections/${id}`)]));

    const rows = await mooring.sql('SELECT seq FROM deletion_receipts WHERE subject_id = ANY ($1)', [live]);
    expect(rows).toHaveLength(live.length);
    expect(await verify()).toMatchObject({ intact: true, head: { seq: before + live.length } });
  });

  it('do not change: the database refuses', async () => {
    const { id } = await deleted();
    await expect(mooring.sql('DELETE FROM deletion_receipts WHERE id = $1', [id])).rejects.toThrow('does not change');
    await expect(mooring.sql(`UPDATE deletion_receipts SET what = '{}' WHERE id = $1`, [id])).rejects.toThrow(
      'does not change',
    );
  });

  it('are chained: what is changed or removed all the same is noticed', async () => {
    const [one, two, three] = [await deleted(), await deleted(), await deleted()];
    expect(two.previousHash).toBe(one.hash);
    expect(await verify()).toMatchObject({ intact: true, broken: [], nextCursor: null });

    await tamper(`UPDATE deletion_receipts SET requested_by = 'client:somebody' WHERE id = $1`, [one.id]);
    expect(member(await verify(), 'broken')).toEqual([{ seq: one.seq, receiptId: one.id, problem: 'changed' }]);
    await tamper(`UPDATE deletion_receipts SET hash = repeat('a', 64) WHERE id = $1`, [one.id]);
    expect(member(await verify(), 'broken')).toMatchObject([
      { seq: one.seq, problem: 'changed' },
      { seq: two.seq, problem: 'unlinked' },
    ]);
    await tamper('DELETE FROM deletion_receipts WHERE id = $1', [three.id]);
    expect(member(await verify(), 'broken')).toContainEqual({ seq: three.seq, receiptId: null, problem: 'missing' });
    expect((await mooring.get('/admin/deletions/verify?cursor=MTo5OTk')).body).toMatchObject({
      intact: true,
      checked: 0,
    });
    await mooring.sql('UPDATE deletion_chain SET seq = $1, hash = $2', [one.seq, one.hash]);
    expect(await verify()).toMatchObject({
      intact: false,
      broken: [{ seq: one.seq }, { seq: two.seq, receiptId: two.id, problem: 'beyond_head' }],
    });
    await mooring.sql(emptied('deletion_receipts'));
    await mooring.sql(`UPDATE deletion_chain SET seq = 0, hash = repeat('0', 64)`);
  });

  it('wait for a provider whose settings were taken away, and say so; an operator can end it', async () => {
    const id = await mooring.active();
    const without = await mooring.alongside({ TINK_CLIENT_ID: '', TINK_CLIENT_SECRET: '' });
    const accepted = await without.call('DELETE', `/v1/connections/${id}`);
    expect([accepted.status, member(accepted.body, 'status')]).toEqual([202, 'pending']);

    const { receiptId, done } = await without.inside(DeleteConnection).purge(id, OPERATOR);

    expect([`/v1/deletions/${receiptId}`, done]).toEqual([accepted.headers.get('location'), true]);
    expect(await receiptOf(accepted)).toMatchObject({
      status: 'completed',
      upstream: { answer: 'failed:provider.disabled' },
    });
    expect((await mooring.read(id)).status).toBe(404);
    await without.stop();
  });

  it('stay pending while the provider is down, which is asked less and less often', async () => {
    const userId = await mooring.user();
    const id = await mooring.active({ userId });
    mooring.tink.addFault({
      method: 'DELETE',
      path: '/credentials/',
      times: null,
      action: { kind: 'respond', status: 429 },
    });
    await remove(`/v1/connections/${id}`);
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 10; attempt++) {
      const [row] = await mooring.sql<{ at: Date }>('SELECT next_watch_at AS at FROM connections WHERE id = $1', [id]);
      pauses.push(((row?.at.getTime() ?? 0) - mooring.clock.now().getTime()) / 1000);
      mooring.advance((pauses.at(-1) ?? 0) * 1000);
      await mooring.watch();
    }
    expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
    expect(pauses[0]).toBe(30);
    expect(pauses.slice(-2)).toEqual([3_600, 3_600]);
    mooring.tink.clearFaults();
    mooring.advance(3_700_000);
    await mooring.watch();
    expect(mooring.credentialsOf(userId)).toEqual([]);
    expect(await receiptOf(await remove(`/v1/connections/${id}`))).toMatchObject({ upstream: { answer: 'deleted' } });
  });
});
