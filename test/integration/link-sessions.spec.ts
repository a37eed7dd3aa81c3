import { randomBytes, randomUUID } from 'node:crypto';

import type { DataSource } from 'typeorm';

import { providerId } from '../../src/credentials/provider-id.js';
import type { LinkSession } from '../../src/link-sessions/link-session.js';
import { LinkSessionEntity } from '../../src/link-sessions/persistence/link-session.entity.js';
import { LinkSessionMapper } from '../../src/link-sessions/persistence/link-session.mapper.js';
import { LinkSessionRepository } from '../../src/link-sessions/persistence/link-session.repository.js';
import { KeyRing } from '../../src/platform/crypto/key-ring.js';
import { LookupHash } from '../../src/platform/crypto/lookup-hash.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { Sealer } from '../../src/platform/crypto/sealer.js';
import { UserEntity } from '../../src/users/persistence/user.entity.js';
import { at, NOON } from '../factories/connection.factory.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';

const HANDLE = 'what-the-provider-wants-back';
const WHY = 'test';
const LATER = at(60_000);

describe('stored visits', () => {
  let database: TestDatabase;
  let source: DataSource;
  let sessions: LinkSessionRepository;
  let userId: string;

  beforeAll(async () => {
    database = await testDatabase();
    source = await database.connect([LinkSessionEntity, UserEntity]);
    const mapper = new LinkSessionMapper(new Sealer(new KeyRing([{ id: 'test', key: Buffer.alloc(32, 7) }])));
    sessions = new LinkSessionRepository(source, mapper, new LookupHash(Buffer.alloc(32, 7)));
  });

  beforeEach(async () => {
    await source.query('DELETE FROM link_sessions');
    userId = randomUUID();
    await source.query('INSERT INTO users (id, external_user_id, created_at) VALUES ($1, $2, $3)', [
      ...[userId, `cust-${userId}`, NOON],
    ]);
  });

  afterAll(async () => {
    await database.close();
  });

  async function stored(changes: Partial<LinkSession> = {}): Promise<LinkSession & { readonly state: Opened }> {
    const state = new Opened(randomBytes(24).toString('base64url'));
    const session: LinkSession = {
      ...{ id: randomUUID(), userId, externalUserId: `cust-${userId}`, provider: providerId('flanks') },
      ...{ institutionId: 'testbank', purpose: 'connect', connectionId: null, redirectUrl: 'https://a.example' },
      ...{ locale: null, reference: null, status: 'open', cause: null, problem: null, state },
      ...{ handle: new Opened(HANDLE), actor: 'tester', createdAt: NOON, expiresAt: at(30 * 60_000) },
      ...{ recoverAt: at(120_000), completedAt: null },
      ...changes,
    };
    await sessions.insert(session, state);
    return { ...session, state };
  }

  const column = async (id: string, name: string): Promise<unknown> => {
    const [row] = await source.query<Record<string, unknown>[]>('SELECT * FROM link_sessions WHERE id = $1', [id]);
    return row?.[name];
  };
  const times = <T>(count: number, work: () => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, work));

  it('are found by their state and provider, and keep both secrets sealed', async () => {
    const { id, state } = await stored();

    const found = await sessions.findByState('flanks', state);

    expect(found?.id).toBe(id);
    expect(found?.handle?.reveal(WHY)).toBe(HANDLE);
    expect(found?.state?.reveal(WHY)).toBe(state.reveal(WHY));
    expect(await sessions.findByState('tink', state)).toBeNull();
    expect(await sessions.findByState('flanks', new Opened('another'))).toBeNull();
    const [row] = await source.query<{ all: string }[]>('SELECT to_jsonb(s)::text AS all FROM link_sessions AS s');
    expect(row?.all).not.toContain(state.reveal(WHY));
    expect(row?.all).not.toContain(HANDLE);
  });

  it('do not open with the secrets of another row', async () => {
    const [one, other] = [await stored(), await stored()];
    await source.query(
      `UPDATE link_sessions SET handle_sealed = (SELECT handle_sealed FROM link_sessions WHERE id = $2) WHERE id = $1`,
      [one.id, other.id],
    );
    const found = await sessions.find(one.id);
    expect(() => found?.handle?.reveal(WHY)).toThrow();
  });

  it('are claimed by one of twenty who come at once, while they last', async () => {
    const { id } = await stored();
    const claims = await times(20, async () => sessions.claim(id, NOON, LATER));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await column(id, 'status')).toBe('completing');

    const late = await stored();
    expect(await sessions.claim(late.id, late.expiresAt, LATER)).toBe(false);
    expect(await column(late.id, 'status')).toBe('open');
  });

  it('are given back, and can be claimed once more', async () => {
    const { id, recoverAt } = await stored();
    await sessions.claim(id, NOON, LATER);
    await sessions.reopen(id, recoverAt);
    expect(await column(id, 'recover_at')).toEqual(recoverAt);
    const claims = await times(5, async () => sessions.claim(id, NOON, LATER));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('end once, without their secrets, and do not come back', async () => {
    const { id } = await stored();
    const ends = await times(5, async () => sessions.end(id, { status: 'failed', cause: 'user_cancelled' }, NOON));
    expect(ends.filter(Boolean)).toHaveLength(1);

    expect(await sessions.end(id, { status: 'connected' }, LATER)).toBe(false);
    await sessions.reopen(id, LATER);
    await sessions.searchAgain(id, LATER);
    const found = await sessions.find(id);
    expect(found).toMatchObject({ status: 'failed', cause: 'user_cancelled', completedAt: NOON, recoverAt: null });
    expect([found?.state, found?.handle]).toEqual([null, null]);
    expect(await sessions.claim(id, NOON, LATER)).toBe(false);
  });

  it('cannot be over and hold a secret, whoever writes', async () => {
    const { id } = await stored();
    const write = source.query(`UPDATE link_sessions SET status = 'connected' WHERE id = $1`, [id]);
    await expect(write).rejects.toThrow(/link_sessions_over_hold_no_secret/);
  });

  it('wait with a new handle for a provider that is not ready', async () => {
    const session = await stored();
    await sessions.claim(session.id, NOON, LATER);
    await sessions.postpone(session, at(3_600_000), new Opened('new-handle'));
    const found = await sessions.find(session.id);
    expect(found).toMatchObject({ status: 'completing', recoverAt: at(3_600_000) });
    expect(found?.handle?.reveal(WHY)).toBe('new-handle');
  });

  it('are looked for by one process each when they are due, and hidden for a while', async () => {
    const due = [await stored(), await stored(), await stored()].map(({ id }) => id);
    await stored({ recoverAt: at(120_001) });

    expect(await sessions.claimDue(at(119_999), LATER, 20)).toEqual([]);
    const claimed = await times(4, async () => sessions.claimDue(at(120_000), at(180_000), 20));

    expect(
      claimed
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...due].sort());
    expect(await sessions.claimDue(at(120_000), at(180_000), 20)).toEqual([]);
    expect(await sessions.claimDue(at(180_000), at(240_000), 2)).toHaveLength(2);
  });

  it('begin for nobody who is gone or on the way out', async () => {
    await source.query('UPDATE users SET deletion_requested_at = $2 WHERE id = $1', [userId, NOON]);
    await expect(stored()).rejects.toMatchObject({ code: 'user.deleting' });
    userId = randomUUID();
    await expect(stored()).rejects.toMatchObject({ code: 'user.not_found' });
  });

  it('go with their user, and long after their end', async () => {
    const { id } = await stored();
    await sessions.end(id, { status: 'expired' }, NOON);
    expect(await sessions.prune(at(-1))).toBe(0);
    expect(await sessions.prune(NOON)).toBe(1);
    await stored();
    expect(await sessions.isVisiting(source.manager, userId)).toBe(true);
    await sessions.forgetUser(source.manager, userId);
    expect(await sessions.isVisiting(source.manager, userId)).toBe(false);
  });
});
