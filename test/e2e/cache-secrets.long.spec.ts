import { createClient } from '@keyv/redis';

import { LoadAccountData } from '../../src/account-data/load-account-data.js';
import { member } from '../../src/sandbox/rest-client.js';
import { SandboxApp } from '../factories/sandbox-app.factory.js';

const REDIS_URL = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

describe('what lies in Redis', () => {
  let mooring: SandboxApp;

  beforeAll(async () => {
    mooring = await SandboxApp.start({ env: { REDIS_URL } });
  });

  afterAll(() => mooring.close());

  /** Every value of every key, as somebody sees it who has Redis or its backup. */
  async function everything(): Promise<string> {
    const redis = createClient({ url: REDIS_URL });
    await redis.connect();
    try {
      const keys = await redis.keys('*');
      const values = await Promise.all(keys.map(async (key) => redis.get(key)));
      return [...keys, ...values].join('\n');
    } finally {
      await redis.close();
    }
  }

  it('names no account, no person and no amount, and still answers', async () => {
    const id = await mooring.active();
    await mooring.inside(LoadAccountData).run(id, { force: true });
    const paths = ['', '/accounts', '/holdings'].map((end) => `/v1/connections/${id}${end}`);
    const [, accounts] = await Promise.all(paths.map(async (path) => mooring.get(path)));
    const shown = (member(accounts?.body, 'data') ?? []) as Record<string, unknown>[];
    const words = shown
      .flatMap(({ id: _ours, ...rest }) => textsOf(rest))
      .filter((text) => text.length > 8 && !text.startsWith('20'));
    expect(shown.map(({ iban }) => iban).filter((iban) => typeof iban === 'string')).not.toEqual([]);

    const kept = await everything();

    expect(kept).toContain('v1.test.');
    expect(words.filter((word) => kept.includes(word))).toEqual([]);
    // The same from there, while the truth behind it is another.
    await mooring.sql('UPDATE accounts SET closed_at = now() WHERE connection_id = $1', [id]);
    const again = await mooring.get(`/v1/connections/${id}/accounts`);
    expect(again.body).toEqual(accounts?.body);
  });
});

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
