import { randomBytes } from 'node:crypto';

import type { DataSource } from 'typeorm';

import { KeptAnswers } from '../../src/idempotency/kept-answers.js';
import type { Claim, ClaimResult, KeptAnswer, KeyedRequest } from '../../src/idempotency/kept-answer.js';
import { IdempotencyRepository } from '../../src/idempotency/persistence/idempotency.repository.js';
import { PruneIdempotencyKeys } from '../../src/idempotency/prune-idempotency-keys.js';
import { KeyRing } from '../../src/platform/crypto/key-ring.js';
import { LookupHash } from '../../src/platform/crypto/lookup-hash.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { Sealer } from '../../src/platform/crypto/sealer.js';
import { UuidIds } from '../../src/platform/ids/ids.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';

const LEASE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const SECRET = 'mk_answer_with_a_secret';
const REQUEST: KeyedRequest = {
  ...{ caller: 'client:1', key: 'order-1', method: 'POST', path: '/v1/users' },
  body: { externalUserId: 'cust-42', password: 'pa55word' },
};
const ANSWER: KeptAnswer = { status: 201, headers: { location: '/v1/users/1' }, body: new Opened(SECRET) };

describe('kept answers on a real database', () => {
  let server: TestDatabase;
  let database: DataSource;
  let otherDatabase: DataSource;
  let clock: MovableClock;
  let answers: KeptAnswers;
  let other: KeptAnswers;
  let prune: PruneIdempotencyKeys;

  beforeAll(async () => {
    server = await testDatabase();
    database = await server.connect([]);
    otherDatabase = await server.connect([]);
  });

  afterAll(() => server.close());

  beforeEach(async () => {
    await database.query('TRUNCATE idempotency_keys');
    clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z'));
    const sealer = new Sealer(new KeyRing([{ id: 'test', key: randomBytes(32) }]));
    const lookup = new LookupHash(randomBytes(32));
    const roomOn = (source: DataSource) =>
      new KeptAnswers(new IdempotencyRepository(source, sealer), lookup, new UuidIds(), clock);
    answers = roomOn(database);
    other = roomOn(otherDatabase);
    prune = new PruneIdempotencyKeys(new IdempotencyRepository(database, sealer), clock);
  });

  async function claimed(request = REQUEST, room = answers): Promise<Claim> {
    const result = await room.claim(request);
    if (result.kind !== 'claimed') throw new Error(`Not claimed but ${result.kind}`);
    return result.claim;
  }

  async function kindOf(request: KeyedRequest): Promise<ClaimResult['kind']> {
    return (await answers.claim(request)).kind;
  }

  it('give the first answer to the same request again', async () => {
    await answers.keep(await claimed(), ANSWER);
    const again = await other.claim({ ...REQUEST, body: { password: 'pa55word', externalUserId: 'cust-42' } });
    if (again.kind !== 'done') throw new Error(again.kind);
    expect(again.answer).toMatchObject({ status: 201, headers: { location: '/v1/users/1' } });
    expect(again.answer.body?.reveal('to compare it')).toBe(SECRET);
  });

  it('keep an answer without a body', async () => {
    await answers.keep(await claimed(), { status: 204, headers: {}, body: null });
    expect(await answers.claim(REQUEST)).toEqual({ kind: 'done', answer: { status: 204, headers: {}, body: null } });
  });

  it('let one of many through who come at the same moment in two processes', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, async (_each, index) => (index % 2 === 0 ? answers : other).claim(REQUEST)),
    );
    const kinds = results.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['claimed', ...Array.from({ length: 19 }, () => 'running')]);
  });

  it.each([
    ['body', { body: { externalUserId: 'cust-43' } }],
    ['body, the other type', { body: { externalUserId: 42, password: 'pa55word' } }],
    ['missing body', { body: undefined }],
    ['method', { method: 'PUT' }],
    ['path', { path: '/v1/users?x=1' }],
  ])('refuse the key for another %s, running or done', async (_what, change) => {
    const claim = await claimed();
    expect(await kindOf({ ...REQUEST, ...change })).toBe('other_request');
    await answers.keep(claim, ANSWER);
    expect(await kindOf({ ...REQUEST, ...change })).toBe('other_request');
  });

  it("have nothing to do with another caller's same key", async () => {
    await answers.keep(await claimed(), ANSWER);
    expect(await kindOf({ ...REQUEST, caller: 'client:2' })).toBe('claimed');
    expect(await kindOf({ ...REQUEST, caller: 'client:', key: '1order-1' })).toBe('claimed');
  });

  it('let the request run again when its process died, and not before the lease is over', async () => {
    await claimed();
    clock.advance(LEASE_MS - 1);
    expect(await kindOf(REQUEST)).toBe('running');
    clock.advance(1);
    expect(await kindOf({ ...REQUEST, body: {} })).toBe('other_request');
    const results = await Promise.all([answers.claim(REQUEST), other.claim(REQUEST)]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['claimed', 'running']);
  });

  it('take nothing from a process that lost its claim', async () => {
    const lost = await claimed();
    clock.advance(LEASE_MS);
    const heir = await claimed(REQUEST, other);
    await answers.keep(lost, { ...ANSWER, status: 409 });
    await answers.release(lost);
    expect(await kindOf(REQUEST)).toBe('running');
    await other.keep(heir, ANSWER);
    await answers.keep(lost, { ...ANSWER, status: 409 });
    expect(await answers.claim(REQUEST)).toMatchObject({ kind: 'done', answer: { status: 201 } });
  });

  it('forget a request that is given back', async () => {
    await answers.release(await claimed());
    expect(await kindOf({ ...REQUEST, body: {} })).toBe('claimed');
  });

  it('last a day', async () => {
    await answers.keep(await claimed(), ANSWER);
    clock.advance(DAY_MS - 1);
    expect(await kindOf(REQUEST)).toBe('done');
    clock.advance(1);
    expect(await kindOf({ ...REQUEST, body: {} })).toBe('claimed');
  });

  it('are pruned when they are over, and only then', async () => {
    await answers.keep(await claimed(), ANSWER);
    clock.advance(DAY_MS / 2);
    await answers.keep(await claimed({ ...REQUEST, key: 'order-2' }), ANSWER);
    expect(await prune.run()).toBe(0);
    clock.advance(DAY_MS / 2);
    expect(await prune.run()).toBe(1);
    expect(await prune.run()).toBe(0);
    expect(await kindOf({ ...REQUEST, key: 'order-2' })).toBe('done');
  });

  it('are in many batches when there are many', async () => {
    await database.query(
      `INSERT INTO idempotency_keys (key_hash, caller, request_digest, state, owner, lease_until, created_at, expires_at)
        SELECT 'k' || n, 'c', 'd', 'running', 'o', $1, $1, $1 FROM generate_series(1, 4500) n`,
      [clock.now()],
    );
    expect(await prune.run()).toBe(4500);
  });

  it('leave neither key nor request nor answer readable, and open in no other row', async () => {
    await answers.keep(await claimed(), ANSWER);
    const rows = await database.query<object[]>('SELECT * FROM idempotency_keys');
    for (const text of [SECRET, 'order-1', 'cust-42', 'pa55word']) expect(JSON.stringify(rows)).not.toContain(text);
    await answers.keep(await claimed({ ...REQUEST, key: 'order-2' }), ANSWER);
    const swap = `UPDATE idempotency_keys one SET body_sealed = two.body_sealed FROM idempotency_keys two
      WHERE one.key_hash <> two.key_hash`;
    await database.query(swap);
    await expect(answers.claim(REQUEST)).rejects.toThrow('belongs to another row');
  });
});
