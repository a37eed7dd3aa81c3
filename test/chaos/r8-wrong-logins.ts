import { setTimeout as pause } from 'node:timers/promises';

import { DurableLoad } from './r2-load.js';
import { Stage } from './stage.js';
import type { Verdicts } from './verdicts.js';

const MOST = 3;
const ROUNDS = 8;
const AT_ONCE = 12;
const BANKS = {
  tink: { institutionId: 'se-demobank-password', username: 'u10000001', right: 'abc123' },
  flinks: { institutionId: 'FlinksCapital', username: 'greatday_nomfa', right: 'Everyday' },
} as const;
type Bank = keyof typeof BANKS;

/** R8: two processes that serve and two that work, and a caller at each who insists on a wrong password. */
export async function wrongLogins(report: Verdicts): Promise<void> {
  const stage = await Stage.open({
    stepMs: 100,
    env: { MOORING_REFRESH_EVERY_MS: '60000', MOORING_READ_EVERY_MS: '60000' },
  });
  try {
    const processes = await stage.start('api', 'api', 'worker', 'worker');
    const callers = new DurableLoad(
      processes.slice(0, 2).map(({ url }) => url),
      stage.key,
      [],
    );
    for (const bank of ['tink', 'flinks'] as const) {
      await insist(report, stage, bank, 'creates', async () => createAndDelete(callers, bank));
      const id = await connected(callers, bank);
      await insist(report, stage, bank, 'every way to a connection', async () => everyWay(callers, bank, id));
    }
  } finally {
    await stage.close();
  }
}

async function insist(report: Verdicts, stage: Stage, bank: Bank, way: string, once: () => Promise<void>) {
  await stage.simulator(bank).call('clearCalls');
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(Array.from({ length: AT_ONCE }, once));
    await pause(1_500);
  }
  const value = await attempts(stage, bank);
  report.add({
    ...{ id: 'R8', name: `attempts at ${bank}'s bank with one wrong password, ${way}`, value, unit: '' },
    ...{ target: `1 to ${String(MOST)}`, met: value > 0 && value <= MOST },
  });
}

/** Every call of these that was taken begins a sign-in at the bank. */
async function attempts(stage: Stage, bank: Bank): Promise<number> {
  const simulator = stage.simulator(bank);
  if (bank === 'flinks') return simulator.call('attempts', BANKS.flinks.username);
  const path = '^/api/v1/credentials(/[0-9a-f]{32}(/(refresh|authenticate))?)?$';
  return (
    (await simulator.call('taken', { method: 'POST', path })) + (await simulator.call('taken', { method: 'PUT', path }))
  );
}

async function create(callers: DurableLoad, bank: Bank, password: string) {
  const { institutionId, username } = BANKS[bank];
  const user = await callers.call('POST', '/v1/users', { externalUserId: crypto.randomUUID(), market: 'SE' });
  const login = { provider: bank, institutionId, fields: { username, password } };
  return callers.call('POST', '/v1/connections', { userId: user.body['id'], ...login });
}

async function createAndDelete(callers: DurableLoad, bank: Bank): Promise<void> {
  const { status, body } = await create(callers, bank, 'wrong-for-creation');
  if (status !== 201) return;
  // The bank has refused by then; a deletion must not make it forgotten.
  await pause(800);
  await callers.call('DELETE', `/v1/connections/${String(body['id'])}`);
}

async function connected(callers: DurableLoad, bank: Bank): Promise<string> {
  const { body } = await create(callers, bank, BANKS[bank].right);
  const id = String(body['id']);
  for (let look = 0; look < 100; look += 1) {
    const { body: now } = await callers.call('GET', `/v1/connections/${id}`);
    if ((now['state'] as { value?: string } | undefined)?.value === 'active') return id;
    await pause(200);
  }
  throw new Error(`The connection at ${bank} does not become active: ${JSON.stringify(body)}`);
}

async function everyWay(callers: DurableLoad, bank: Bank, id: string): Promise<void> {
  const { username } = BANKS[bank];
  const path = `/v1/connections/${id}`;
  await callers.call('PUT', `${path}/login`, { fields: { username, password: 'wrong-for-this' } });
  await Promise.all([
    callers.call('POST', `${path}/refresh`, {}),
    callers.call('POST', `${path}/refresh`, { userPresent: true }),
    callers.call('POST', `${path}/authenticate`, {}),
  ]);
}
