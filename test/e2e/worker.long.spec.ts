import { SandboxApp, STEP_MS } from '../factories/sandbox-app.factory.js';

const PATIENCE_MS = 20_000;

describe('a worker beside the process that serves', () => {
  let mooring: SandboxApp;
  let workers: SandboxApp[];

  beforeAll(async () => {
    mooring = await SandboxApp.start({ frozen: false });
    workers = await Promise.all([1, 2].map(() => mooring.alongside({ MOORING_ROLE: 'worker' })));
  });

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await mooring.close();
  });

  /** The workers tick by themselves; the clock is moved so that each tick finds something to do. */
  async function comesTrue(what: string, seen: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await seen())) {
      if (performance.now() > deadline) throw new Error(`It never happened: ${what}.`);
      mooring.advance(STEP_MS / 10);
    }
  }

  it('brings a connection to its end without any reader, each reading told once', async () => {
    const id = await mooring.connected();

    await comesTrue('active', async () => (await mooring.states(id)).at(-1) === 'active');

    const states = await mooring.states(id);
    expect(states[0]).toBe('pending');
    expect(new Set(states).size).toBe(states.length);
    const actors = await mooring.sql<{ actor: string }>(
      'SELECT DISTINCT actor FROM connection_events WHERE connection_id = $1 AND seq > 1',
      [id],
    );
    expect(actors).toEqual([{ actor: 'watcher' }]);
  });

  it('finishes a deletion that the provider refused first', async () => {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId, fields: { username: 'u10000002', password: 'abc123' } });
    await comesTrue('active', async () => (await mooring.states(id)).at(-1) === 'active');
    mooring.tink.addFault({ method: 'DELETE', path: '/credentials/', action: { kind: 'respond', status: 429 } });

    expect((await mooring.call('DELETE', `/v1/users/${userId}`)).status).toBe(202);

    await comesTrue('deleted', async () => (await mooring.get(`/v1/users/${userId}`)).status === 404);
    expect(mooring.credentialsOf(userId)).toEqual([]);
  });

  it('finishes a creation whose answer was lost', async () => {
    const userId = await mooring.user();
    mooring.tink.addFault({ method: 'POST', path: '/credentials$', action: { kind: 'accept-then-reset' } });
    expect((await mooring.connect({ userId, fields: { username: 'u10000006', password: 'abc123' } })).status).toBe(503);

    const waits = () => mooring.sql('SELECT 1 FROM connection_creations');
    expect(await waits()).toHaveLength(1);
    await comesTrue('recovered', async () => (await waits()).length === 0);

    expect(mooring.credentialsOf(userId)).toHaveLength(1);
    expect(await mooring.sql('SELECT 1 FROM connections WHERE user_id = $1', [userId])).toHaveLength(1);
  });
});
