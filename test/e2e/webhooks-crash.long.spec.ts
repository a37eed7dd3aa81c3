import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { RestClient, textAt } from '../../src/sandbox/rest-client.js';
import { happens } from '../factories/happens.js';
import { HeldTable } from '../factories/held-table.js';
import { MooringProcess } from '../factories/process.factory.js';
import { SandboxApp } from '../factories/sandbox-app.factory.js';

const ALLOWED = { MOORING_WEBHOOK_ALLOW_PRIVATE: 'true' };
const LEASE_OVER_MS = 61_000;

/** Real processes, really killed: what was committed reaches its receiver, always with the same id. */
describe('an event whose process is killed', () => {
  let mooring: SandboxApp;
  let receiver: Server;
  let killed: MooringProcess | undefined;
  let received: string[] = [];
  /** Called before the receiver answers. */
  let beforeAnswer: () => Promise<void> = async () => Promise.resolve();

  beforeAll(async () => {
    mooring = await SandboxApp.start({ frozen: false, env: ALLOWED });
    receiver = createServer((request, response) => {
      received.push(String(request.headers['webhook-id']));
      request.resume();
      void beforeAnswer().then(() => response.writeHead(204).end());
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/`;
    const made = await mooring.post('/v1/webhook-endpoints', { url, events: ['connection.created'] });
    expect(made.status).toBe(201);
  });

  afterEach(async () => {
    await killed?.kill();
    received = [];
    beforeAnswer = async () => Promise.resolve();
  });

  afterAll(async () => {
    receiver.close();
    await mooring.close();
  });

  async function createAt(baseUrl: string): Promise<void> {
    const userId = await mooring.user();
    const body = { userId, provider: 'tink', institutionId: 'se-demobank-password' };
    const fields = { username: 'u10000001', password: 'abc123' };
    const { status } = await new RestClient(baseUrl, mooring.key).call('POST', '/v1/connections', { ...body, fields });
    expect(status).toBe(201);
    const { body: listed } = await mooring.get(`/v1/connections?userId=${userId}`);
    await mooring.call('DELETE', `/v1/connections/${textAt(listed, 'data', 0, 'id')}`);
  }

  const statuses = async () =>
    (await mooring.sql<{ status: string }>('SELECT status FROM webhook_deliveries ORDER BY seq')).map(
      (row) => row.status,
    );

  it('between commit and delivery is delivered by whoever is left', async () => {
    killed = await MooringProcess.start({ ...mooring.environment, ...ALLOWED, MOORING_ROLE: 'api' });
    await createAt(killed.baseUrl);
    await killed.kill();
    expect(received).toEqual([]);

    await mooring.watch();

    expect(received).toHaveLength(1);
    expect(await statuses()).toEqual(['delivered']);
  });

  it('between delivery and its record is delivered again with the same id', async () => {
    killed = await MooringProcess.start({ ...mooring.environment, ...ALLOWED, MOORING_ROLE: 'all' });
    let deliveries: HeldTable | undefined;
    beforeAnswer = async () => {
      // Whoever wants to write down how it went now waits.
      deliveries = await HeldTable.hold(mooring.databaseUrl, 'webhook_deliveries');
    };
    await createAt(killed.baseUrl);
    await happens('the delivery', () => deliveries !== undefined);
    beforeAnswer = async () => Promise.resolve();
    await killed.kill();
    await deliveries?.releaseAfterDeath();
    expect(received).toHaveLength(1);
    expect(await statuses()).toEqual(['delivered', 'pending']);

    mooring.advance(LEASE_OVER_MS);
    await mooring.watch();

    expect(received).toHaveLength(2);
    expect(new Set(received).size).toBe(1);
    expect(await statuses()).toEqual(['delivered', 'delivered']);
  });
});
