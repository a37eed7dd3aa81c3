import { Test, type TestingModule } from '@nestjs/testing';
import type { DataSource } from 'typeorm';

import { FIRST_CLIENT_ID } from '../../src/access/first-client.js';
import { generateKey } from '../../src/access/key.js';
import { SCOPES, type Scope } from '../../src/access/scope.js';
import { CacheBackend } from '../../src/cache/cache-backend.js';
import { TaggedCache } from '../../src/cache/tagged-cache.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';
import { emptied } from '../factories/emptied.js';
import { ACCESS_ENTITIES, accessRoom, type AccessRoom } from './access-world.js';
import { CacheSurroundings } from './cache-surroundings.js';

const REDIS_URL = process.env['REDIS_URL'];
const CHOSEN = '9f86d081884c7d659a2feaa0c55ad015';

describe('access on a real database', () => {
  let server: TestDatabase;
  let database: DataSource;
  let otherDatabase: DataSource;
  let clock: MovableClock;
  let room: AccessRoom;

  beforeAll(async () => {
    server = await testDatabase();
    database = await server.connect(ACCESS_ENTITIES);
    otherDatabase = await server.connect(ACCESS_ENTITIES);
  }, 60_000);

  afterAll(() => server.close());

  beforeEach(async () => {
    await database.query(emptied('clients', 'client_keys', 'audit_entries'));
    clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z'));
    room = accessRoom(database, clock);
  });

  const create = (name: string, ...scopes: Scope[]) => room.create.run({ name, scopes }, 'system');
  const bearer = (key: { reveal(reason: string): string }) => `Bearer ${key.reveal('to use it in a test')}`;
  const actions = async () => (await room.audit.page(200)).data.map(({ action, subject }) => `${action} ${subject}`);

  describe('the first client', () => {
    it('is created once by two processes that start together, and its key works', async () => {
      const other = accessRoom(otherDatabase, clock);
      await Promise.all([room.first(CHOSEN).onApplicationBootstrap(), other.first(CHOSEN).onApplicationBootstrap()]);
      const { data } = await room.clients.page(10);
      expect(data).toMatchObject([{ id: FIRST_CLIENT_ID, scopes: ['admin'], createdBy: 'system' }]);
      expect(await actions()).toEqual([`client.created client:${FIRST_CLIENT_ID}`]);
      expect(await room.authenticator.callerOf(`Bearer ${CHOSEN}`)).toMatchObject({ clientId: FIRST_CLIENT_ID });
    });

    it('may have a key of the usual form', async () => {
      const key = generateKey();
      await room.first(key.reveal('to set it')).onApplicationBootstrap();
      expect(await room.authenticator.callerOf(bearer(key))).toMatchObject({ clientId: FIRST_CLIENT_ID });
    });

    it.each(['live', 'revoked'])(
      'is not created again when the variable changes and the first is %s',
      async (state) => {
        await room.first(CHOSEN).onApplicationBootstrap();
        if (state === 'revoked') {
          await create('another admin', 'admin');
          await room.revoke.run(FIRST_CLIENT_ID, 'system');
        }
        const before = await actions();
        const changed = CHOSEN.replace('9', '8');
        await room.first(changed).onApplicationBootstrap();
        expect(await actions()).toEqual(before);
        expect(await room.authenticator.callerOf(`Bearer ${changed}`)).toBeNull();
      },
    );

    it('is not created where there is any client', async () => {
      await create('another', 'users:read');
      await room.first(CHOSEN).onApplicationBootstrap();
      expect((await room.clients.page(10)).data.map(({ name }) => name)).toEqual(['another']);
    });

    it('is not created without the variable', async () => {
      await room.first(null).onApplicationBootstrap();
      expect((await room.clients.page(10)).data).toEqual([]);
    });

    it('stops the start when its key cannot be used, without showing it', async () => {
      const start = room.first('too short for a key').onApplicationBootstrap();
      await expect(start).rejects.toThrow(/^MOORING_BOOTSTRAP_KEY must be/);
      await expect(start).rejects.not.toThrow('too short');
    });
  });

  describe('a new client', () => {
    it('has the scopes it was given, and no others', async () => {
      const { client, key } = await create('reader', 'users:read', 'credentials:read');
      const caller = await room.authenticator.callerOf(bearer(key));
      expect(caller).toEqual({
        kind: 'client',
        clientId: client.id,
        name: 'reader',
        scopes: new Set(['users:read', 'credentials:read']),
      });
    });

    it('leaves nothing in the database by which its key could be known', async () => {
      const { key } = await create('reader', ...SCOPES);
      const secret = key.reveal('to look for it').split('_').slice(2).join('_');
      const rows = await database.query<object[]>(
        `SELECT c::text AS client, k::text AS key, encode(k.secret_hash, 'escape') AS hash, a::text AS entry
           FROM clients c, client_keys k, audit_entries a`,
      );
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(secret);
    });
  });

  describe('revoking', () => {
    it('counts at once in this process, and in another within two seconds', async () => {
      const other = accessRoom(otherDatabase, clock);
      const { client, key } = await create('reader', 'users:read');
      for (const { authenticator } of [room, other]) expect(await authenticator.callerOf(bearer(key))).not.toBeNull();
      await room.revoke.run(client.id, 'system');
      expect(await room.authenticator.callerOf(bearer(key))).toBeNull();
      clock.advance(2_000);
      expect(await other.authenticator.callerOf(bearer(key))).toBeNull();
    });

    it('is written down once, however often it is repeated', async () => {
      const { client } = await create('reader', 'users:read');
      await Promise.all([room.revoke.run(client.id, 'client:x'), room.revoke.run(client.id, 'client:y')]);
      await room.revoke.run(client.id, 'client:x');
      expect((await actions()).filter((action) => action.startsWith('client.revoked'))).toHaveLength(1);
      expect((await room.clients.get(client.id)).revokedAt).toEqual(clock.now());
    });

    it('refuses to take the last admin, and says what to do', async () => {
      const { client, key } = await create('admin', 'admin');
      await create('reader', 'users:read');
      const revoked = await create('earlier admin', 'admin');
      await room.revoke.run(revoked.client.id, 'system');
      await expect(room.revoke.run(client.id, 'system')).rejects.toMatchObject({ code: 'client.last_admin' });
      expect(await room.authenticator.callerOf(bearer(key))).not.toBeNull();
    });

    it('leaves one of two admins who revoke each other at the same time', async () => {
      const other = accessRoom(otherDatabase, clock);
      const [one, two] = [await create('one', 'admin'), await create('two', 'admin')];
      const outcomes = await Promise.allSettled([
        room.revoke.run(two.client.id, `client:${one.client.id}`),
        other.revoke.run(one.client.id, `client:${two.client.id}`),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect((await room.clients.page(10)).data.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1);
    });

    it('knows no unknown client', async () => {
      await expect(room.revoke.run(FIRST_CLIENT_ID, 'system')).rejects.toMatchObject({ code: 'client.not_found' });
    });
  });

  describe('lists', () => {
    it('give every client once, newest first, in pages', async () => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name, 'users:read');
      const names: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await room.clients.page(2, cursor);
        expect(page.data.length).toBeLessThanOrEqual(2);
        names.push(...page.data.map(({ name }) => name));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(names).toEqual(['e', 'd', 'c', 'b', 'a']);
    });

    it.each(['clients', 'audit'] as const)('of %s refuse a cursor that they did not give out', async (list) => {
      await expect(room[list].page(2, 'bm9uc2Vuc2U')).rejects.toMatchObject({ code: 'request.invalid_cursor' });
    });
  });

  describe('the audit log', () => {
    const entry = { actor: 'client:1', action: 'thing.done', subject: 'thing:1', detail: { scope: ['a', 'b'] } };

    it('keeps what was done, when and by whom', async () => {
      await room.audit.record({ ...entry, requestId: 'r1' });
      expect((await room.audit.page(1)).data).toMatchObject([{ ...entry, requestId: 'r1', at: clock.now() }]);
    });

    it('forgets an entry whose transaction failed', async () => {
      const failed = database.transaction(async (manager) => {
        await room.audit.record(entry, manager);
        throw new Error('undone');
      });
      await expect(failed).rejects.toThrow('undone');
      expect(await actions()).toEqual([]);
    });

    it.each([`UPDATE audit_entries SET actor = 'nobody'`, `DELETE FROM audit_entries`])('refuses %s', async (sql) => {
      await room.audit.record(entry);
      await expect(database.query(sql)).rejects.toThrow('append-only');
    });
  });

  if (REDIS_URL) {
    describe('with Redis', () => {
      const modules: TestingModule[] = [];

      async function cacheOfAProcess(): Promise<TaggedCache> {
        const imports = [CacheSurroundings.forRoot(REDIS_URL ?? null, clock)];
        const module = await Test.createTestingModule({ imports }).compile();
        modules.push(await module.init());
        while (!module.get(CacheBackend).isConnected()) await new Promise(setImmediate);
        const cache = module.get(TaggedCache);
        await cache.generation(['tag:clients']);
        return cache;
      }

      afterEach(() => Promise.all(modules.splice(0).map((module) => module.close())));

      it('a revocation counts in every process at once', async () => {
        const one = accessRoom(database, clock, await cacheOfAProcess());
        const other = accessRoom(otherDatabase, clock, await cacheOfAProcess());
        const { client, key } = await one.create.run({ name: 'reader', scopes: ['users:read'] }, 'system');
        expect(await other.authenticator.callerOf(bearer(key))).not.toBeNull();
        await one.revoke.run(client.id, 'system');
        expect(await other.authenticator.callerOf(bearer(key))).toBeNull();
      });
    });
  }
});
