import { demoKey } from '../demo-client.js';
import { member, RestClient, textAt } from '../rest-client.js';
import type { Sandbox } from '../sandbox.js';
import { SCENARIOS, type Scenario } from './scenarios.js';
import { Stage } from './stage.js';

const DEMO_USER = { externalUserId: 'demo-user', market: 'SE', locale: 'en_GB' };

export interface Seeded {
  readonly key: string;
  readonly userId: string;
  readonly connectionId: string;
  /** The other demo connections, which take some seconds. Resolves to the labels of those that could not be made. */
  readonly others: Promise<readonly string[]>;
}

/**
 * A demo client, user and connections, made through the REST API like anybody's. Repeating it makes only what is
 * missing, e.g. because a start was cut short.
 */
export async function seedSandbox(baseUrl: string, sandbox: Sandbox, dataDir: string): Promise<Seeded> {
  const key = await demoKey(baseUrl, sandbox.adminKey, dataDir);
  const api = new RestClient(baseUrl, key);
  const userId = await demoUser(api);
  const made = await madeBefore(api, userId);
  const stage = new Stage(api, userId, sandbox.simulators);
  const connectionId = made.get(HEALTHY) ?? (await stage.connect('tink', 'se-demobank-password', DEMO_LOGIN, HEALTHY));
  const missing = SCENARIOS.filter(({ label }) => !made.has(label));
  return { key, userId, connectionId, others: playAll(stage, missing) };
}

const HEALTHY = 'tink: healthy';
const DEMO_LOGIN = { username: 'u10000001', password: 'abc123' };

/** @returns the ids of the demo connections by their label. */
async function madeBefore(api: RestClient, userId: string): Promise<ReadonlyMap<string, string>> {
  const { body } = await api.call('GET', `/v1/connections?userId=${userId}&limit=200`);
  const list = member(body, 'data');
  const connections: readonly unknown[] = Array.isArray(list) ? list : [];
  return new Map(connections.map((each) => [String(member(each, 'reference')), textAt(each, 'id')]));
}

async function demoUser(api: RestClient): Promise<string> {
  const created = await api.call('POST', '/v1/users', DEMO_USER);
  return created.status === 409 ? textAt(created.body, 'userId') : textAt(created.body, 'id');
}

async function playAll(stage: Stage, scenarios: readonly Scenario[]): Promise<string[]> {
  const failed: string[] = [];
  for (const scenario of scenarios) {
    try {
      await scenario.play(stage, scenario.label);
    } catch {
      failed.push(scenario.label);
    }
  }
  return failed;
}
