import { randomUUID } from 'node:crypto';

import { DataSource } from 'typeorm';

import { MIGRATIONS } from '../../migrations/all.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { isUniqueViolation } from '../../src/platform/database/database-errors.js';
import { connection, NOON } from '../factories/connection.factory.js';
import { testDatabase } from '../factories/database.factory.js';
import { ConnectionStore } from './connection-store.js';

describe('what the database itself refuses', () => {
  let store: ConnectionStore;

  beforeAll(async () => {
    store = await ConnectionStore.open();
  });

  afterAll(async () => {
    await store.close();
  });

  const caught = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'accepted',
      (error: unknown) => error,
    );

  it.each([
    ['UPDATE', `UPDATE connection_events SET to_state = 'active' WHERE connection_id = $1`],
    ['DELETE', `DELETE FROM connection_events WHERE connection_id = $1`],
  ])('refuses %s on the history', async (_verb, sql) => {
    const { id } = await store.add({ state: 'syncing' });

    await expect(store.query(sql, [id])).rejects.toThrow('connection_events is append-only');

    const [event] = (await store.events.page(id, 10)).data;
    expect(event?.to).toBe('syncing');
  });

  it('has no two live connections with one login, and no two with one credential', async () => {
    const credentialId = new Opened(randomUUID());
    const first = await store.add({ credentialId });

    const sameLogin = await caught(store.add({ fingerprint: first.fingerprint }));
    const sameCredential = await caught(store.add({ credentialId }));

    expect(isUniqueViolation(sameLogin, 'connections_fingerprint_live')).toBe(true);
    expect(isUniqueViolation(sameCredential, 'connections_credential_live')).toBe(true);
  });

  it('lets a login and a credential be used again after their connection is gone', async () => {
    const gone = { state: 'deleted', credentialId: null, fingerprint: null, deletedAt: NOON } as const;
    const first = await store.add();
    await store.query(
      `UPDATE connections SET state = 'deleted', deleted_at = $2, credential_sealed = NULL, credential_lookup = NULL,
              fingerprint = NULL, challenge_sealed = NULL WHERE id = $1`,
      [first.id, NOON],
    );

    await store.add({ ...gone });
    await expect(store.add({ fingerprint: first.fingerprint })).resolves.toBeDefined();
  });

  it('has no two live users with one external id', async () => {
    const user = { id: randomUUID(), externalUserId: 'twin', market: null, locale: null, createdAt: NOON };
    expect(await store.users.insert({ ...user, deletionRequestedAt: null })).toBe(true);
    expect(await store.users.insert({ ...user, id: randomUUID(), deletionRequestedAt: null })).toBe(false);

    await store.source.transaction((manager) => store.users.bury(manager, user.id, NOON));
    expect(await store.users.insert({ ...user, id: randomUUID(), deletionRequestedAt: null })).toBe(true);
  });

  it('keeps no question outside of a dialogue', async () => {
    const { id } = await store.add();

    await expect(store.query(`UPDATE connections SET challenge_sealed = 'x' WHERE id = $1`, [id])).rejects.toThrow(
      'connections_challenge_belongs_to_its_state',
    );
  });

  it.each(['credential_sealed', 'fingerprint'])('keeps no %s of what is deleted', async (column) => {
    const { id } = await store.add();
    const other = column === 'fingerprint' ? 'credential_sealed' : 'fingerprint';

    await expect(
      store.query(`UPDATE connections SET state = 'deleted', deleted_at = now(), ${other} = NULL WHERE id = $1`, [id]),
    ).rejects.toThrow('connections_deleted_holds_no_secret');
  });

  it('has no event without its connection, and no connection without its user', async () => {
    await expect(
      store.query(
        `INSERT INTO connection_events (connection_id, seq, at, to_state, cause, trigger, actor, evidence)
         VALUES ($1, 1, now(), 'active', 'none', 'system', 'tester', '{}')`,
        [randomUUID()],
      ),
    ).rejects.toThrow('connection_events_connection_id_fkey');
    const stray = connection({ id: randomUUID(), userId: randomUUID(), credentialId: new Opened(randomUUID()) });
    await expect(store.connections.insert(store.source.manager, stray)).rejects.toThrow('connections_user_id_fkey');
    await expect(store.add({ userId: randomUUID() })).rejects.toMatchObject({ code: 'user.not_found' });
  });
});

describe('migrations', () => {
  it('go down to an empty schema and up again to the same one', async () => {
    const database = await testDatabase();
    const source = await new DataSource(dataSourceOptions(database.url, MIGRATIONS)).initialize();
    try {
      const before = await schemaOf(source);
      expect(before.some((line) => line.includes('connection_events'))).toBe(true);

      for (const _migration of MIGRATIONS) await source.undoLastMigration({ transaction: 'all' });
      const empty = await schemaOf(source);
      await source.runMigrations({ transaction: 'all' });

      expect(empty).toEqual([]);
      expect(await schemaOf(source)).toEqual(before);
    } finally {
      await source.destroy();
      await database.close();
    }
  });
});

/** Columns, indexes, constraints, triggers and functions of the schema, the list of migrations aside. */
async function schemaOf(source: DataSource): Promise<string[]> {
  const rows = await source.query<{ line: string }[]>(`
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION SELECT 'sequence ' || relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
    UNION SELECT 'type ' || typname FROM pg_type WHERE typtype = 'e' AND typnamespace = 'public'::regnamespace
    ORDER BY 1`);
  return rows.map(({ line }) => line).filter((line) => !line.includes('mooring_migrations'));
}
