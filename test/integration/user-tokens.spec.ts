import { randomBytes } from 'node:crypto';

import type { DataSource } from 'typeorm';

import { TokenStanding } from '../../src/access/user-tokens/token-standing.js';
import { TokenSubjects, type SubjectStanding } from '../../src/access/user-tokens/token-subjects.js';
import { userTokenKey } from '../../src/access/user-tokens/user-token-key.js';
import { userTag } from '../../src/cache/keys.js';
import { OidcConfig } from '../../src/config/slices.js';
import { KeyRing } from '../../src/platform/crypto/key-ring.js';
import { Sealer } from '../../src/platform/crypto/sealer.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';
import { ACCESS_ENTITIES, accessRoom, type AccessRoom } from './access-world.js';

const USER = '0199aaaa-0000-7000-8000-000000000001';

class Subjects extends TokenSubjects {
  standing: SubjectStanding = 'live';
  asked = 0;

  override async standingOf(): Promise<SubjectStanding> {
    this.asked += 1;
    return this.standing;
  }
}

describe('user tokens on a real database', () => {
  let server: TestDatabase;
  let database: DataSource;
  let otherDatabase: DataSource;
  let clock: MovableClock;
  let room: AccessRoom;
  let subjects: Subjects;

  beforeAll(async () => {
    server = await testDatabase();
    database = await server.connect(ACCESS_ENTITIES);
    otherDatabase = await server.connect(ACCESS_ENTITIES);
  });

  afterAll(() => server.close());

  beforeEach(() => {
    clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z'));
    room = accessRoom(database, clock);
    subjects = new Subjects();
  });

  const standingIn = ({ clients, cache }: AccessRoom, oidc: OidcConfig = new OidcConfig(null)) =>
    new TokenStanding(clients, subjects, oidc, cache, clock);
  const client = async () => (await room.create.run({ name: 'issuer', scopes: ['users:write'] }, 'system')).client.id;

  describe('the signing key', () => {
    const sealer = new Sealer(new KeyRing([{ id: 'test', key: randomBytes(32) }]));

    it('is made once by two processes that start together, stays, and lies sealed', async () => {
      await database.query(`DELETE FROM installation_secrets`);
      const keys = await Promise.all([userTokenKey(database, sealer), userTokenKey(otherDatabase, sealer)]);
      const later = await userTokenKey(database, sealer);
      expect(new Set([...keys, later].map(({ id }) => id)).size).toBe(1);
      const rows = await database.query<object[]>('SELECT * FROM installation_secrets');
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain('PRIVATE');
    });
  });

  describe('a token', () => {
    it('may never do more than its client may', async () => {
      expect(await standingIn(room).allows(`client:${await client()}`, USER)).toEqual(new Set(['users:write']));
    });

    it('is worth nothing from the moment of the revocation, elsewhere within two seconds', async () => {
      const id = await client();
      const here = standingIn(room);
      const elsewhere = standingIn(accessRoom(otherDatabase, clock));
      for (const standing of [here, elsewhere]) expect(await standing.allows(`client:${id}`, USER)).not.toBeNull();
      await room.revoke.run(id, 'system');
      expect(await here.allows(`client:${id}`, USER)).toBeNull();
      clock.advance(2_000);
      expect(await elsewhere.allows(`client:${id}`, USER)).toBeNull();
    });

    it.each(['leaving', 'unknown'] as const)('is worth nothing once its user is %s', async (standing) => {
      const issuedBy = `client:${await client()}`;
      const here = standingIn(room);
      expect(await here.allows(issuedBy, USER)).not.toBeNull();
      subjects.standing = standing;
      await room.cache.invalidate([userTag(USER)]);
      expect(await here.allows(issuedBy, USER)).toBeNull();
    });

    it('is looked up once in two seconds', async () => {
      const issuedBy = `client:${await client()}`;
      const here = standingIn(room);
      for (let count = 0; count < 5; count += 1) await here.allows(issuedBy, USER);
      expect(subjects.asked).toBe(1);
      clock.advance(2_000);
      await here.allows(issuedBy, USER);
      expect(subjects.asked).toBe(2);
    });

    it('of an OIDC caller counts only while there is an issuer', async () => {
      const oidc = new OidcConfig({ issuer: 'https://id.example', audience: 'mooring' });
      expect(await standingIn(room, oidc).allows('oidc:svc', USER)).not.toBeNull();
      expect(await standingIn(room).allows('oidc:svc', USER)).toBeNull();
    });

    it.each(['', 'client:', 'client:x', 'user:x', 'system', `client:${USER}`])(
      'of %s is worth nothing',
      async (issuedBy) => {
        expect(await standingIn(room).allows(issuedBy, USER)).toBeNull();
      },
    );
  });
});
