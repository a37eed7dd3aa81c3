import { member, RestClient, textAt } from '../../src/sandbox/rest-client.js';
import { happens } from '../factories/happens.js';
import { HeldTable } from '../factories/held-table.js';
import { MooringProcess } from '../factories/process.factory.js';
import { GOOD_LOGIN, SandboxApp } from '../factories/sandbox-app.factory.js';

/** Longer than any claim of the killed process. */
const CLAIMS_OVER_MS = 41_000;

describe('a process that is killed', () => {
  let mooring: SandboxApp;
  let killed: MooringProcess | undefined;

  beforeAll(async () => {
    mooring = await SandboxApp.start({ frozen: false });
  });

  beforeEach(async () => {
    await mooring.forget();
  });

  afterEach(async () => {
    mooring.tink.clearFaults();
    await killed?.kill();
  });

  afterAll(async () => {
    await mooring.close();
  });

  /** Another process, and a client of it. */
  async function victim(): Promise<RestClient> {
    killed = await MooringProcess.start(mooring.environment);
    return new RestClient(killed.baseUrl, mooring.key);
  }

  const kill = async () => killed?.kill();

  /** The newest call of this kind has come in and, if told so, was answered. */
  const called = (method: string, path: string, answered: boolean) => () => {
    const call = mooring.tink.calls({ method, path }).at(-1);
    return call !== undefined && (!answered || call.status !== null);
  };

  const creation = (userId: string) => ({
    ...{ userId, provider: 'tink', institutionId: 'se-demobank-password' },
    fields: GOOD_LOGIN,
  });

  /** A process that starts later, when the claims of the dead one are over, and does a worker's work. */
  async function heirWorks(): Promise<void> {
    mooring.advance(CLAIMS_OVER_MS);
    const heir = await mooring.alongside();
    await heir.watch();
    await heir.stop();
  }

  const connectionsOf = async (userId: string) =>
    member((await mooring.get(`/v1/connections?userId=${userId}`)).body, 'data') as { id: string }[];

  // First: the killed process has the system's clock, which the others leave behind.
  it('in the middle of a refresh blocks the next one only as long as its claim', async () => {
    const id = await mooring.active();
    mooring.tink.addFault({ method: 'POST', path: '/refresh$', action: { kind: 'hang' } });
    const client = await victim();
    const cut = client.call('POST', `/v1/connections/${id}/refresh`, {}).catch(() => 'cut');
    await happens('the call to the provider', called('POST', '/refresh$', false));

    await kill();

    expect(await cut).toBe('cut');
    expect(await mooring.post(`/v1/connections/${id}/refresh`, {})).toMatchObject({
      status: 202,
      body: { state: { value: 'active' } },
    });
    expect(mooring.calls({ method: 'POST', path: '/refresh$' })).toBe(1);
    mooring.advance(CLAIMS_OVER_MS);
    const again = await mooring.post(`/v1/connections/${id}/refresh`, {});
    expect(textAt(again.body, 'state', 'value')).toBe('authenticating');
    expect(mooring.calls({ method: 'POST', path: '/refresh$' })).toBe(2);
    await mooring.until(id, 'active');
  });

  it('before the provider acted on a creation leaves nothing', async () => {
    const userId = await mooring.user();
    mooring.tink.addFault({ method: 'POST', path: '/credentials$', action: { kind: 'hang' } });
    const client = await victim();
    const cut = client.call('POST', '/v1/connections', creation(userId)).catch(() => 'cut');
    await happens('the call to the provider', called('POST', '/credentials$', false));

    await kill();

    expect(await cut).toBe('cut');
    expect(await connectionsOf(userId)).toEqual([]);
    expect((await mooring.connect({ userId })).body).toMatchObject({ code: 'connection.create_in_progress' });
    await heirWorks();
    expect(await connectionsOf(userId)).toEqual([]);
    expect(mooring.credentialsOf(userId)).toEqual([]);
    expect(await mooring.sql('SELECT 1 FROM connection_creations')).toEqual([]);
    expect((await mooring.connect({ userId })).status).toBe(201);
  });

  it('after the provider acted and before it was stored leaves a connection that is watched to its end', async () => {
    const userId = await mooring.user();
    mooring.tink.addFault({ method: 'POST', path: '/credentials$', action: { kind: 'delay', ms: 400 } });
    const client = await victim();
    const cut = client.call('POST', '/v1/connections', creation(userId)).catch(() => 'cut');
    await happens('the call to the provider', called('POST', '/credentials$', false));
    // Whoever wants to store a connection now waits.
    const lock = await HeldTable.hold(mooring.databaseUrl, 'connections');
    await happens('the answer of the provider', called('POST', '/credentials$', true));

    await kill();
    await lock.releaseAfterDeath();

    expect(await cut).toBe('cut');
    expect(mooring.credentialsOf(userId)).toHaveLength(1);
    expect(await connectionsOf(userId)).toEqual([]);
    await heirWorks();
    const [recovered, ...more] = await connectionsOf(userId);
    expect([recovered?.id, more]).toEqual([expect.any(String), []]);
    expect(mooring.credentialsOf(userId)).toHaveLength(1);
    expect(await mooring.sql('SELECT 1 FROM connection_creations')).toEqual([]);
    expect(await mooring.connect({ userId })).toMatchObject({
      status: 409,
      body: { code: 'connection.duplicate', connectionId: recovered?.id },
    });
    await mooring.watchFor(15_000);
    expect((await mooring.read(recovered?.id ?? '')).body).toMatchObject({ state: { value: 'active' } });
    expect(mooring.calls({ method: 'POST', path: '/credentials$' })).toBe(1);
  });

  it('in the middle of a deletion leaves one that is finished', async () => {
    const userId = await mooring.user();
    const id = await mooring.active({ userId });
    mooring.tink.addFault({ method: 'DELETE', path: '/credentials/', action: { kind: 'hang' } });
    const client = await victim();
    const cut = client.call('DELETE', `/v1/users/${userId}`).catch(() => 'cut');
    await happens('the call to the provider', called('DELETE', '/credentials/', false));

    await kill();

    expect(await cut).toBe('cut');
    expect((await mooring.read(id)).body).toMatchObject({ state: { value: 'deleting' } });
    await heirWorks();
    mooring.advance(CLAIMS_OVER_MS);
    await mooring.watch();
    expect((await mooring.read(id)).status).toBe(404);
    expect((await mooring.get(`/v1/users/${userId}`)).status).toBe(404);
    expect(mooring.tink.state().users.map(({ externalUserId }) => externalUserId)).not.toContain(userId);
  });
});
