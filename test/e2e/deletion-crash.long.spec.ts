import { RestClient } from '../../src/sandbox/rest-client.js';
import { happens } from '../factories/happens.js';
import { HeldTable } from '../factories/held-table.js';
import { MooringProcess } from '../factories/process.factory.js';
import { SandboxApp } from '../factories/sandbox-app.factory.js';

describe('a process that is killed after the provider deleted and before we wrote it down', () => {
  let mooring: SandboxApp;
  let killed: MooringProcess | undefined;

  beforeAll(async () => {
    mooring = await SandboxApp.start({ frozen: false });
  });

  afterAll(async () => {
    await killed?.kill();
    await mooring.close();
  });

  const deletion = () => mooring.tink.calls({ method: 'DELETE', path: '/credentials/' }).at(-1);

  it('leaves a deletion that the next attempt completes: the receipt is there, and nothing opens anything', async () => {
    const userId = await mooring.user();
    const id = await mooring.active({ userId });
    mooring.tink.addFault({ method: 'DELETE', path: '/credentials/', action: { kind: 'delay', ms: 400 } });
    killed = await MooringProcess.start(mooring.environment);
    const cut = new RestClient(killed.baseUrl, mooring.key).call('DELETE', `/v1/connections/${id}`).catch(() => 'cut');
    await happens('the call to the provider', () => deletion() !== undefined);
    const receipts = await HeldTable.hold(mooring.databaseUrl, 'deletion_receipts');
    await happens('the answer of the provider', () => deletion()?.status !== null);

    await killed.kill();
    await receipts.releaseAfterDeath();

    expect(await cut).toBe('cut');
    expect(mooring.credentialsOf(userId)).toEqual([]);
    const [pending] = await mooring.sql<{ id: string }>(
      'SELECT id, upstream_answer, completed_at FROM deletion_receipts WHERE subject_id = $1',
      [id],
    );
    expect(pending).toMatchObject({ upstream_answer: null, completed_at: null });

    mooring.advance(41_000);
    await mooring.watch();

    expect((await mooring.read(id)).status).toBe(404);
    expect((await mooring.get(`/v1/deletions/${pending?.id ?? ''}`)).body).toMatchObject({
      ...{ status: 'completed', subject: { id }, upstream: { answer: 'already_gone' } },
    });
    const secrets = await mooring.sql(
      `SELECT id FROM connections WHERE id = $1 AND num_nonnulls(credential_sealed, credential_lookup, fingerprint,
        session_sealed, challenge_sealed) > 0`,
      [id],
    );
    expect(secrets).toEqual([]);
    expect((await mooring.get('/admin/deletions/verify')).body).toMatchObject({ intact: true });
  });
});
