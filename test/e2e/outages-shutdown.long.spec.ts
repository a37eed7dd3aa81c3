import { RestClient, textAt } from '../../src/sandbox/rest-client.js';
import { MooringProcess } from '../factories/process.factory.js';
import { SandboxApp } from '../factories/sandbox-app.factory.js';

const SLOW_MS = 1_500;
const PATIENCE_MS = 20_000;

describe('a process that is asked to stop', () => {
  let mooring: SandboxApp;
  let other: MooringProcess | undefined;

  beforeAll(async () => {
    mooring = await SandboxApp.start({ frozen: false });
  });

  afterAll(async () => {
    await other?.kill();
    await mooring.close();
  });

  it('finishes what it has begun, writes it down and gives its claims back', async () => {
    const id = await mooring.active();
    other = await MooringProcess.start({ ...mooring.environment, MOORING_ROLE: 'all' });
    mooring.tink.clearCalls();
    mooring.tink.addFault({ method: 'POST', path: '/refresh$', action: { kind: 'delay', ms: SLOW_MS } });
    const client = new RestClient(other.baseUrl, mooring.key);
    const answer = client.call('POST', `/v1/connections/${id}/refresh`, {});
    const deadline = performance.now() + PATIENCE_MS;
    while (mooring.calls({ method: 'POST', path: '/refresh$' }) === 0) {
      if (performance.now() > deadline) throw new Error('The provider was never called.');
      await new Promise((resolve) => setImmediate(resolve));
    }

    const began = performance.now();
    const code = await other.stop();

    expect(code).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(textAt((await answer).body, 'state', 'value')).toBe('authenticating');
    expect(await mooring.sql('SELECT state, lease_until FROM connections WHERE id = $1', [id])).toEqual([
      { state: 'authenticating', lease_until: null },
    ]);
  });
});
