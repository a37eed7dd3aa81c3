import { demoKey } from '../demo-client.js';
import { member, RestClient, textAt } from '../rest-client.js';
import type { Sandbox } from '../sandbox.js';
import { SCENARIOS } from './scenarios.js';
import { Stage } from './stage.js';

const DEMO_USER = { externalUserId: 'demo-user', market: 'SE', locale: 'en_GB' };

export interface Seeded {
  readonly key: string;
  readonly userId: string;
  readonly connectionId: string;
  /** The other demo connections, which take some seconds. Resolves to the labels of those that could not be made. */
  readonly others: Promise<readonly string[]>;
}

/** A demo client, user and connections, made through the REST API like anybody's. Repeating it changes nothing. */
export async function seedSandbox(baseUrl: string, sandbox: Sandbox, dataDir: string): Promise<Seeded> {
  const key = await demoKey(baseUrl, sandbox.adminKey, dataDir);
  const api = new RestClient(baseUrl, key);
  const userId = await demoUser(api);
  const known = await api.call('GET', `/v1/connections?userId=${userId}&limit=1`);
  const first = member(known.body, 'data', 0, 'id');
  if (typeof first === 'string') return { key, userId, connectionId: first, others: Promise.resolve([]) };
  const stage = new Stage(api, userId, sandbox.simulators);
  const connectionId = await stage.connect('tink', 'se-demobank-password', DEMO_LOGIN, 'tink: healthy');
  return { key, userId, connectionId, others: playAll(stage) };
}

const DEMO_LOGIN = { username: 'u10000001', password: 'abc123' };

async function demoUser(api: RestClient): Promise<string> {
  const created = await api.call('POST', '/v1/users', DEMO_USER);
  return created.status === 409 ? textAt(created.body, 'userId') : textAt(created.body, 'id');
}

async function playAll(stage: Stage): Promise<string[]> {
  const failed: string[] = [];
  for (const scenario of SCENARIOS) {
    try {
      await scenario.play(stage, scenario.label);
    } catch {
      failed.push(scenario.label);
    }
  }
  return failed;
}
