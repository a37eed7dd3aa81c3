import { randomUUID } from 'node:crypto';

import { member, textAt } from '../../src/sandbox/rest-client.js';
import { PgBossWorkers } from '../../src/platform/queue/pg-boss-workers.js';
import { GOOD_LOGIN, SandboxApp } from '../factories/sandbox-app.factory.js';
import { WebhookReceiverFake } from '../fakes/webhook-receiver.fake.js';

const PERSON = { externalUserId: 'cust-Zaphod-Beeblebrox', reference: 'loan-of-Zaphod' };

interface Account {
  readonly name: string | null;
  readonly holderName: string | null;
  readonly iban: string | null;
  readonly number: string | null;
}

interface Transaction {
  readonly description: string;
  readonly counterparty: string | null;
}

describe('a deleted person', () => {
  let mooring: SandboxApp;
  let receiver: WebhookReceiverFake;

  beforeAll(async () => {
    mooring = await SandboxApp.start({ env: { MOORING_WEBHOOK_ALLOW_PRIVATE: 'true' } });
    receiver = await WebhookReceiverFake.start();
  });

  afterAll(async () => {
    await receiver.close();
    await mooring.close();
  });

  /** Every row of every table of every room, the queue's too, as one text. */
  async function everything(): Promise<Map<string, string>> {
    const tables = await mooring.sql<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const texts = new Map<string, string>();
    for (const { name } of tables) {
      const [row] = await mooring.sql<{ text: string | null }>(
        `SELECT string_agg(to_jsonb(t)::text, E'\\n') AS text FROM ${name} AS t`,
      );
      texts.set(name, row?.text ?? '');
    }
    return texts;
  }

  async function foundIn(markers: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const [table, text] of await everything()) {
      for (const marker of markers)
        if (text.includes(JSON.stringify(marker).slice(1, -1))) found.push(`${table}: ${marker}`);
    }
    return found;
  }

  /** What the bank tells of the person, as the API shows it. */
  async function told(connectionId: string): Promise<string[]> {
    const accounts = member((await mooring.get(`/v1/connections/${connectionId}/accounts`)).body, 'data') as Account[];
    const transactions = member(
      (await mooring.get(`/v1/connections/${connectionId}/transactions?limit=200`)).body,
      'data',
    ) as Transaction[];
    const texts = [
      ...accounts.flatMap(({ name, holderName, iban, number }) => [name, holderName, iban, number]),
      ...transactions.flatMap(({ description, counterparty }) => [description, counterparty]),
    ];
    return [...new Set(texts.filter((text) => text !== null && text.length > 5))] as string[];
  }

  it('has left nothing in any table, and whoever waits for the end is told', async () => {
    receiver.answer = () => 500;
    await mooring.post('/v1/webhook-endpoints', { url: receiver.url });
    const userId = await mooring.user(PERSON.externalUserId);
    await mooring.post(`/v1/webhook-endpoints`, { url: `${receiver.url}/one`, userId });
    const key = { 'idempotency-key': randomUUID() };
    const token = textAt(
      (await mooring.post(`/v1/users/${userId}/tokens`, { scope: ['credentials:read', 'credentials:write'] })).body,
      'token',
    );
    const visit = { userId, provider: 'tink', purpose: 'connect', redirectUrl: 'https://app.example.com/done' };
    await mooring.call('POST', '/v1/link-sessions', { key: token, body: visit, headers: key });
    await mooring.sql(`UPDATE link_sessions SET status = 'expired', state_sealed = NULL, handle_sealed = NULL`);
    const id = await mooring.active({ userId, reference: PERSON.reference });
    await mooring.watch();
    const bank = await told(id);
    const plain = [...Object.values(PERSON), GOOD_LOGIN.username, GOOD_LOGIN.password];
    expect(bank.length).toBeGreaterThan(5);
    const kept = async () => mooring.sql(`SELECT 1 FROM idempotency_keys WHERE caller LIKE '%' || $1`, [userId]);
    expect(await kept()).toHaveLength(1);
    const before = await foundIn([...plain, ...bank]);
    expect(before.map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['public.users', 'public.connections', 'public.transactions', 'public.outgoing_events']),
    );

    expect((await mooring.call('DELETE', `/v1/users/${userId}`)).status).toBe(204);

    expect(await foundIn([...plain, ...bank])).toEqual([]);
    expect(await kept()).toEqual([]);
    const open = await mooring.sql(
      `SELECT id FROM connections WHERE user_id = $1 AND num_nonnulls(credential_sealed, credential_lookup, fingerprint,
        session_sealed, challenge_sealed) > 0`,
      [userId],
    );
    expect(open).toEqual([]);
    expect((await mooring.call('GET', `/v1/connections?userId=${userId}`, { key: token })).status).toBe(401);

    receiver.answer = () => 200;
    const waiting = await mooring.sql<{ type: string; data: { connection?: object } }>(
      'SELECT type, data FROM outgoing_events WHERE user_id = $1 ORDER BY seq',
      [userId],
    );
    expect(waiting.at(-1)?.type).toBe('user.deleted');
    expect(waiting.at(-2)).toMatchObject({
      type: 'connection.deleted',
      data: { connection: { id, userId, externalUserId: `deleted:${userId}`, reference: null } },
    });
    await mooring.inside(PgBossWorkers).workOff();
  });

  it('leaves others as they are', async () => {
    await mooring.forget();
    const [gone, stays] = [await mooring.user('cust-who-goes'), await mooring.user('cust-who-stays')];
    const id = await mooring.active({ userId: stays, reference: 'loan-that-stays' });
    await mooring.watch();
    const before = await foundIn(['cust-who-stays', 'loan-that-stays']);

    await mooring.call('DELETE', `/v1/users/${gone}`);

    expect(await foundIn(['cust-who-stays', 'loan-that-stays'])).toEqual(before);
    expect((await mooring.get(`/v1/connections/${id}/accounts`)).status).toBe(200);
  });
});
