import { SCOPES } from '../access/scope.js';
import { keepSecret, readSecret } from './kept-secret.js';
import { RestClient, textAt } from './rest-client.js';

export const DEMO_KEY_FILE = 'demo-key';

/** A key with every scope, made through the admin API and kept for the next start. */
export async function demoKey(baseUrl: string, adminKey: string, dataDir: string): Promise<string> {
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
