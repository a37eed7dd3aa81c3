import { walkHostedPages } from '../../src/sandbox/flanks/hosted-visitor.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import type { Answer } from '../factories/sandbox-app.factory.js';
import { ThreeProviders } from '../factories/three-providers.factory.js';

/** Banks lock a login after a few refusals. Source: domain.md §7, targets.md R8. */
const MOST = 3;
const TRIES = 5;
const HOUR = 3_600_000;

/** Somebody insists on a login that the bank refuses: by every way, at every process, with and without the user. */
describe('a login that the bank refuses', () => {
  let world: ThreeProviders;
  let twin: ThreeProviders;

  beforeAll(async () => {
    world = await ThreeProviders.start();
    twin = await world.alongside();
  });

  beforeEach(async () => {
    await world.forget();
    await world.mooring.sql('DELETE FROM login_refusals');
  });

  afterAll(async () => {
    await twin.close();
    await world.close();
  });

  const banks = {
    tink: { institutionId: 'se-demobank-password', username: 'u10000001', right: 'abc123' },
    flinks: { institutionId: 'FlinksCapital', username: 'greatday_nomfa', right: 'Everyday' },
  };
  type Bank = keyof typeof banks;
  const both: readonly Bank[] = ['tink', 'flinks'];

  const bodyOf = async (provider: Bank, password: string) => {
    const { institutionId, username } = banks[provider];
    return { userId: await world.mooring.user(), provider, institutionId, fields: { username, password } };
  };
  const create = async (provider: Bank, password = 'wrong-one', at = world): Promise<Answer> =>
    at.mooring.post('/v1/connections', await bodyOf(provider, password));
  const put = async (provider: Bank, id: string, password = 'wrong-one', at = world): Promise<Answer> => {
    const fields = { username: banks[provider].username, password };
    return at.mooring.call('PUT', `/v1/connections/${id}/login`, { body: { fields } });
  };
  const remove = async (id: string) => world.mooring.call('DELETE', `/v1/connections/${id}`);
  const code = ({ body }: Answer) => member(body, 'code');

  /** How often the bank was asked. Tink says nothing of it, but every call that it takes begins a sign-in. */
  function attempts(provider: Bank): number {
    if (provider === 'flinks') return world.flinks.attempts({ username: banks.flinks.username }).length;
    const taken = world.mooring.tink.calls({ path: '^/api/v1/credentials(/[0-9a-f]{32}(/(refresh|authenticate))?)?$' });
    return taken.filter(({ method, status }) => method !== 'GET' && method !== 'DELETE' && (status ?? 500) < 300)
      .length;
  }

  /** Whatever moves has come to its end. */
  async function settle(): Promise<void> {
    for (let step = 0; step < 3; step += 1) {
      world.mooring.advance(4_000);
      await world.mooring.watch();
    }
  }

  /** A connection whose bank has refused its login already. */
  async function refusedOnce(provider: Bank): Promise<string> {
    const connected = await create(provider, banks[provider].right);
    expect(connected.status).toBe(201);
    const id = textAt(connected.body, 'id');
    await world.mooring.until(id, 'active');
    world.flinks.clearAttempts();
    world.mooring.tink.clearCalls();
    expect((await put(provider, id)).status).toBeLessThan(500);
    await settle();
    return id;
  }

  it.each(both)('is sent to %s three times at most by whoever connects it again and again', async (provider) => {
    const codes: unknown[] = [];
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const created = await create(provider);
      codes.push(code(created));
      await settle();
      if (created.status === 201) await remove(textAt(created.body, 'id'));
    }
    expect(attempts(provider)).toBe(MOST);
    expect(codes.slice(MOST)).toEqual(Array.from({ length: TRIES - MOST }, () => 'login.guarded'));
  });

  it.each(both)(
    'is sent to %s three times at most when it is deleted before the bank has answered',
    async (provider) => {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const created = await create(provider);
        if (created.status === 201) await remove(textAt(created.body, 'id'));
        await settle();
      }
      expect(attempts(provider)).toBeLessThanOrEqual(MOST);
    },
  );

  it.each(both)('is sent to %s three times at most by whoever enters it again and again', async (provider) => {
    const id = await refusedOnce(provider);
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await put(provider, id);
      await settle();
    }
    expect(attempts(provider)).toBe(MOST);
    expect(code(await put(provider, id))).toBe('login.guarded');
  });

  it.each(both)('is not tried at %s by refreshes, sign-ins, link visits and days of syncs', async (provider) => {
    const id = await refusedOnce(provider);
    const before = attempts(provider);
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await world.mooring.post(`/v1/connections/${id}/refresh`, {});
      await world.mooring.post(`/v1/connections/${id}/refresh`, { userPresent: true });
      await world.mooring.post(`/v1/connections/${id}/authenticate`, {});
      await settle();
    }
    const { userId } = (await world.mooring.read(id)).body as { userId: string };
    for (const purpose of ['connect', 'renew', 'repair']) {
      await world.link({ userId, provider, purpose, ...(purpose === 'connect' ? {} : { connectionId: id }) });
    }
    for (let hours = 0; hours < 48; hours += 12) {
      world.mooring.advance(12 * HOUR);
      await settle();
    }
    // Flinks itself keeps the right one: what it tries by night or by its id is not what was entered.
    const kept = provider === 'flinks' ? ['nightly', 'login-id'] : [];
    const others = world.flinks.attempts().filter(({ cause }) => kept.includes(cause)).length;
    expect(attempts(provider) - others).toBe(before);
  });

  it.each(both)(
    'is sent to %s three times at most when many connect it at once, at two processes',
    async (provider) => {
      for (let round = 0; round < 4; round += 1) {
        const made = await Promise.all(
          Array.from({ length: 4 }, async (_, turn) => create(provider, 'wrong-one', turn % 2 === 0 ? world : twin)),
        );
        await settle();
        for (const created of made) if (created.status === 201) await remove(textAt(created.body, 'id'));
      }
      expect(attempts(provider)).toBe(MOST);
    },
  );

  it.each(both)('is sent to %s three times at most when many enter it at once, at two processes', async (provider) => {
    const id = await refusedOnce(provider);
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(
        Array.from({ length: 4 }, async (_, turn) => put(provider, id, 'wrong-one', turn % 2 === 0 ? world : twin)),
      );
      await settle();
    }
    expect(attempts(provider)).toBe(MOST);
  });

  it.each(both)(
    'is sent to %s three times at most by whoever signs in with the kept one in between',
    async (provider) => {
      const id = await refusedOnce(provider);
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        await world.mooring.post(`/v1/connections/${id}/authenticate`, {});
        await settle();
        await put(provider, id);
        await settle();
      }
      // What Flinks tries with the right one that it keeps does not count.
      const kept =
        provider === 'flinks' ? world.flinks.attempts().filter(({ cause }) => cause !== 'credentials').length : 0;
      expect(attempts(provider) - kept).toBeLessThanOrEqual(MOST);
    },
  );

  it.each(both)('keeps nobody from entering the right one at %s, and is forgotten then', async (provider) => {
    const id = await refusedOnce(provider);
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await put(provider, id);
      await settle();
    }
    expect((await put(provider, id, banks[provider].right)).status).toBe(202);
    await world.mooring.until(id, 'active');
    expect(await world.mooring.sql('SELECT 1 FROM login_refusals')).toEqual([]);
  });

  it('that was changed at the bank of Flinks is tried three times at most, from the API and by syncs', async () => {
    const id = textAt((await create('flinks', 'Everyday')).body, 'id');
    await world.mooring.until(id, 'active');
    world.flinks.clearAttempts();
    world.flinks.setPassword(banks.flinks.username, 'Somethingelse');
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await world.mooring.post(`/v1/connections/${id}/refresh`, { userPresent: true });
      await world.mooring.post(`/v1/connections/${id}/authenticate`, {});
      await settle();
      world.mooring.advance(6 * HOUR);
    }
    const byUs = world.flinks.attempts().filter(({ cause }) => cause !== 'nightly');
    expect(byUs.length).toBeGreaterThan(0);
    expect(byUs.length).toBeLessThanOrEqual(MOST);
  });

  it('that Tink has found wrong is tried three times at most, from the API and by syncs', async () => {
    const userId = await world.mooring.user();
    const id = await world.mooring.active({ userId });
    world.mooring.tink.setOutcome(world.mooring.credentialOf(userId).id, 'wrong-login');
    world.mooring.tink.clearCalls();
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await world.mooring.post(`/v1/connections/${id}/refresh`, {});
      await world.mooring.post(`/v1/connections/${id}/authenticate`, {});
      await settle();
      world.mooring.advance(12 * HOUR);
    }
    expect(attempts('tink')).toBeGreaterThan(0);
    expect(attempts('tink')).toBeLessThanOrEqual(MOST);
  });

  it('at Flanks is tried by nobody but the user on its page', async () => {
    const userId = await world.mooring.user();
    const { url } = await world.begin({ userId, provider: 'flanks', institutionId: 'testbank' });
    const { location } = await walkHostedPages(url, { username: 'insisting' });
    if (!location) throw new Error('Not sent back.');
    await world.comeBack(location);
    await settle();
    const [row] = await world.mooring.sql<{ id: string }>(`SELECT id FROM connections WHERE user_id = '${userId}'`);
    const { id: ref } = world.flanksLogin('insisting');
    world.flanks.setBlocked(ref, true);
    const before = world.flanksLogin('insisting').bankAttempts.total;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await world.mooring.post(`/v1/connections/${row?.id ?? ''}/refresh`, {});
      await world.mooring.post(`/v1/connections/${row?.id ?? ''}/authenticate`, {});
      await world.link({ userId, provider: 'flanks', purpose: 'repair', connectionId: row?.id ?? '' });
      world.mooring.advance(12 * HOUR);
      await settle();
    }
    expect(world.flanksLogin('insisting').bankAttempts.total).toBe(before);
  });
});
