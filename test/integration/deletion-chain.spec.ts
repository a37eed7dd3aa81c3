import { randomUUID } from 'node:crypto';

import type { DataSource } from 'typeorm';

import { VerifyDeletions } from '../../src/connections/deletion-verification.js';
import { DeletionReceiptEntity } from '../../src/connections/persistence/deletion-receipt.entity.js';
import { DeletionReceiptRepository } from '../../src/connections/persistence/deletion-receipt.repository.js';
import { NOON } from '../factories/connection.factory.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';
import { emptied } from '../factories/emptied.js';

describe('the chain of deletion receipts', () => {
  let database: TestDatabase;
  let source: DataSource;
  let receipts: DeletionReceiptRepository;
  let verification: VerifyDeletions;

  beforeAll(async () => {
    database = await testDatabase();
    source = await database.connect([DeletionReceiptEntity]);
    receipts = new DeletionReceiptRepository(source);
    verification = new VerifyDeletions(receipts);
  });

  beforeEach(async () => {
    await source.query(emptied('deletion_receipts', 'deletion_chain'));
    await source.query(`INSERT INTO deletion_chain (is_head, seq, hash) VALUES (true, 0, repeat('0', 64))`);
  });

  afterAll(async () => {
    await database.close();
  });

  async function add(isComplete = true): Promise<string> {
    const [id, subjectId, userId] = [randomUUID(), randomUUID(), randomUUID()];
    const asked = { id, subjectKind: 'connection', subjectId, userId, provider: 'tink', requestedAt: NOON } as const;
    const receipt = { ...asked, requestedBy: 'client:tester', what: {} };
    await receipts.addPending(source.manager, { ...receipt, upstreamAnswer: null, upstreamAt: null });
    if (isComplete) {
      const answered = { upstreamAnswer: 'deleted', upstreamAt: NOON, completedAt: NOON } as const;
      await source.transaction((manager) => receipts.complete(manager, { ...receipt, ...answered }));
    }
    return id;
  }

  const setHead = (seq: number) =>
    source.query(
      `UPDATE deletion_chain SET seq = $1,
         hash = coalesce((SELECT hash FROM deletion_receipts WHERE seq = $1), repeat('0', 64))`,
      [seq],
    );
  const brokenAt = async (cursor?: string) =>
    (await verification.page(cursor)).broken.map(({ seq, receiptId, problem }) => [seq, receiptId, problem]);

  it('is in order while its head is its end, and while nothing is in it', async () => {
    await add(false);
    expect(await verification.page()).toMatchObject({ broken: [], checked: 0, nextCursor: null });
    await add();
    await add();
    expect(await verification.page()).toMatchObject({ broken: [], checked: 2, head: { seq: 2 }, nextCursor: null });
  });

  it('is broken when its head is gone', async () => {
    const ids = [await add(), await add()];
    await source.query('DELETE FROM deletion_chain');
    expect(await brokenAt()).toEqual(ids.map((id, place) => [place + 1, id, 'beyond_head']));
  });

  it.each([0, 1, 2])('is broken behind its head when that was set back to %d', async (place) => {
    const ids = [await add(), await add(), await add()];
    await setHead(place);
    const behind = ids.map((id, index) => [index + 1, id, 'beyond_head']).slice(place);
    expect(await brokenAt()).toEqual(behind);
  });

  it('names at most a page of those behind its head', async () => {
    await source.query(
      `INSERT INTO deletion_receipts (id, subject_kind, subject_id, user_id, requested_at, requested_by,
         upstream_answer, upstream_at, completed_at, seq, previous_hash, hash)
       SELECT gen_random_uuid(), 'user', gen_random_uuid(), gen_random_uuid(), $1, 'client:tester',
         'deleted', $1, $1, n * 1000000000000, 'a', 'b' FROM generate_series(1, 501) n`,
      [NOON],
    );
    const { broken, checked, nextCursor } = await verification.page();
    expect([broken.length, checked, nextCursor]).toEqual([500, 0, null]);
  });

  it.each(['deletion_receipts', 'deletion_chain', 'audit_entries', 'connection_events'])(
    'and the other records of what was done are never emptied: %s',
    async (table) => {
      await expect(source.query(`TRUNCATE ${table}`)).rejects.toMatchObject({ code: 'P0001' });
    },
  );
});
