import { member } from '../../src/sandbox/rest-client.js';
import { happens } from '../factories/happens.js';
import { HeldTable } from '../factories/held-table.js';
import { MooringProcess } from '../factories/process.factory.js';
import { GOOD_LOGIN, SandboxApp } from '../factories/sandbox-app.factory.js';

const LEASE_MS = 60_000;

describe('a keyed creation whose process is killed after the provider acted', () => {
  let mooring: SandboxApp;
  let killed: MooringProcess | undefined;

  beforeAll(async () => {
    mooring = await SandboxApp.start({ frozen: false });
  });

  afterAll(async () => {
    await killed?.kill();
    await mooring.close();
  });

  const called = (answered: boolean) => () => {
    const call = mooring.tink.calls({ method: 'POST', path: '/credentials$' }).at(-1);
    return call !== undefined && (!answered || call.status !== null);
  };

  it('ends with one credential and one connection, however often it is repeated', async () => {
    const userId = await mooring.user();
    const body = { userId, provider: 'tink', institutionId: 'se-demobank-password', fields: GOOD_LOGIN };
    const headers = { 'idempotency-key': 'create-once' };
    const repeat = async () => mooring.call('POST', '/v1/connections', { body, headers });
    const connections = async () =>
      member((await mooring.get(`/v1/connections?userId=${userId}`)).body, 'data') as { id: string }[];
    mooring.tink.addFault({ method: 'POST', path: '/credentials$', action: { kind: 'delay', ms: 400 } });
    killed = await MooringProcess.start(mooring.environment);
    const cut = fetch(`${killed.baseUrl}/v1/connections`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...headers, authorization: `Bearer ${mooring.key}`, 'content-type': 'application/json' },
    }).catch(() => 'cut');
    await happens('the call to the provider', called(false));
    // Whoever wants to store a connection now waits.
    const connectionsTable = await HeldTable.hold(mooring.databaseUrl, 'connections');
    await happens('the answer of the provider', called(true));
    await killed.kill();
    await connectionsTable.releaseAfterDeath();
    expect(await cut).toBe('cut');
    expect(mooring.credentialsOf(userId)).toHaveLength(1);

    const early = await repeat();
    expect([early.status, member(early.body, 'code')]).toEqual([409, 'idempotency.in_progress']);

    mooring.advance(LEASE_MS);
    // It runs again, finds the intent of the dead one, and is told to wait for who finishes it. That is not kept.
    const second = await repeat();
    expect([second.status, member(second.body, 'code')]).toEqual([409, 'connection.create_in_progress']);
    expect(second.headers.get('retry-after')).not.toBeNull();
    await mooring.watch();
    const [connection, ...more] = await connections();
    expect([connection?.id, more]).toEqual([expect.any(String), []]);

    for (const replayed of [null, 'true']) {
      const later = await repeat();
      expect(later.body).toMatchObject({ code: 'connection.duplicate', connectionId: connection?.id });
      expect(later.headers.get('idempotency-replayed')).toBe(replayed);
    }
    expect(mooring.credentialsOf(userId)).toHaveLength(1);
    expect(await connections()).toHaveLength(1);
    expect(mooring.calls({ method: 'POST', path: '/credentials$' })).toBe(1);
  });
});
