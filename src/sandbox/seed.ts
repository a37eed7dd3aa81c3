import { SCOPES } from '../access/scope.js';
import { keepSecret, readSecret } from './kept-secret.js';
import { member, RestClient, textAt } from './rest-client.js';

export const DEMO_KEY_FILE = 'demo-key';
const DEMO_USER = { externalUserId: 'demo-user', market: 'SE', locale: 'en_GB' };

export interface Seeded {
  readonly key: string;
  readonly userId: string;
  readonly connectionId: string;
}

/** A demo client, user and connection, made through the REST API like anybody's. Repeating it changes nothing. */
export async function seedSandbox(baseUrl: string, adminKey: string, dataDir: string): Promise<Seeded> {
  const key = await demoKey(baseUrl, adminKey, dataDir);
  const api = new RestClient(baseUrl, key);
  const userId = await demoUser(api);
  return { key, userId, connectionId: await demoConnection(api, userId) };
}

async function demoKey(baseUrl: string, adminKey: string, dataDir: string): Promise<string> {
  const kept = await readSecret(dataDir, DEMO_KEY_FILE);
  if (kept !== null && (await new RestClient(baseUrl, kept).call('GET', '/v1/users?limit=1')).status === 200) {
    return kept;
  }
  const admin = new RestClient(baseUrl, adminKey);
  const created = await admin.call('POST', '/admin/clients', { name: 'demo', scopes: [...SCOPES] });
  if (created.status !== 201) throw new Error(`The demo client could not be created: ${String(created.status)}.`);
  const key = textAt(created.body, 'key');
  await keepSecret(dataDir, DEMO_KEY_FILE, key);
  return key;
}

async function demoUser(api: RestClient): Promise<string> {
  const created = await api.call('POST', '/v1/users', DEMO_USER);
  return created.status === 409 ? textAt(created.body, 'userId') : textAt(created.body, 'id');
}

async function demoConnection(api: RestClient, userId: string): Promise<string> {
  const existing = await api.call('GET', `/v1/connections?userId=${userId}&limit=1`);
  const known = member(existing.body, 'data', 0, 'id');
  if (typeof known === 'string') return known;
  const created = await api.call('POST', '/v1/connections', {
    userId,
    provider: 'tink',
    institutionId: 'se-demobank-password',
    fields: { username: 'u10000001', password: 'abc123' },
    reference: 'demo',
  });
  return created.status === 409 ? textAt(created.body, 'connectionId') : textAt(created.body, 'id');
}
