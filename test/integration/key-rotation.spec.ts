import { randomBytes, randomUUID } from 'node:crypto';

import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';

import { KeyRing } from '../../src/platform/crypto/key-ring.js';
import { ForeignKeysError } from '../../src/platform/crypto/lookup-key.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { KeyRotation } from '../../src/platform/crypto/rotation/key-rotation.js';
import { checkKeysInUse } from '../../src/platform/crypto/rotation/keys-in-use.js';
import { ResealTable } from '../../src/platform/crypto/rotation/reseal-table.js';
import {
  RotationRepository,
  type Resealed,
  type Step,
  type TableProgress,
} from '../../src/platform/crypto/rotation/rotation.repository.js';
import { SEALED_TABLES, type SealedTable } from '../../src/platform/crypto/rotation/sealed-columns.js';
import type { Sealed } from '../../src/platform/crypto/sealed.js';
import { Sealer } from '../../src/platform/crypto/sealer.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';
import { JobQueueFake, JobWorkersFake } from '../fakes/job-queue.fake.js';

const OLD = { id: 'old', key: randomBytes(32) };
const NEW = { id: 'new', key: randomBytes(32) };
const MANY = 1_000;
const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z'));
const sealerOf = (...keys: (typeof OLD)[]) => new Sealer(new KeyRing(keys));
const place = (row: string) => ({ table: 'idempotency_keys', row, field: 'body_sealed' });

/** Dies at the given batch of the idempotency keys, before or after the commit. */
class DyingRows extends RotationRepository {
  batches = 0;
  diesAt = Infinity;
  afterCommit = false;
  beforeWrite: () => Promise<void> = async () => Promise.resolve();

  override async write(table: SealedTable, from: TableProgress, changes: readonly Resealed[], step: Step) {
    const dies = table.table === 'idempotency_keys' && ++this.batches === this.diesAt;
    await this.beforeWrite();
    if (dies && !this.afterCommit) throw new Error('The process died.');
    await super.write(table, from, changes, step);
    if (dies) throw new Error('The process died.');
  }
}

describe('key rotation', () => {
  let database: TestDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await testDatabase();
    source = await database.connect([]);
    Logger.overrideLogger(['fatal', 'error']);
  });

  beforeEach(async () => {
    await source.query('TRUNCATE idempotency_keys, key_rotations, encryption_keys, installation_secrets');
  });

  afterAll(async () => {
    await database.close();
  });

  function process(...configured: (typeof OLD)[]) {
    const keys = new KeyRing(configured);
    const rows = new DyingRows(source);
    const queue = new JobQueueFake();
    const workers = new JobWorkersFake(queue);
    const tables = new ResealTable(rows, new Sealer(keys), keys, clock);
    const rotation = new KeyRotation(rows, tables, keys, queue, workers, clock);
    rotation.onModuleInit();
    const begin = async () => source.transaction(async (manager) => rotation.begin(manager));
    return { rows, queue, workers, rotation, begin, keys, tables };
  }

  async function sealedRows(count: number, key = OLD): Promise<void> {
    const sealer = sealerOf(key);
    const names = Array.from({ length: count }, () => randomUUID());
    await source.query(
      `INSERT INTO idempotency_keys
         (key_hash, caller, request_digest, state, owner, lease_until, body_sealed, created_at, expires_at)
       SELECT name, 'c', 'd', 'running', 'o', now(), sealed, now(), now() FROM unnest($1::text[], $2::text[]) AS r (name, sealed)`,
      [names, names.map((name) => sealer.seal(new Opened(`answer ${name}`), place(name)))],
    );
  }

  const stored = async () =>
    source.query<{ row: string; sealed: Sealed }[]>(
      `SELECT key_hash AS row, body_sealed AS sealed FROM idempotency_keys WHERE body_sealed IS NOT NULL`,
    );

  async function opensWith(...keys: (typeof OLD)[]): Promise<number> {
    const sealer = sealerOf(...keys);
    const rows = await stored();
    for (const { row, sealed } of rows) {
      expect(sealer.open(sealed, place(row), 'to test it').reveal('to test it')).toBe(`answer ${row}`);
    }
    return rows.length;
  }

  it.each([
    ['before', false],
    ['after', true],
  ])('survives a crash in the middle, %s a commit, and the old key can go', async (_when, afterCommit) => {
    await checkKeysInUse(source, new KeyRing([OLD]), clock.now());
    await sealedRows(MANY);
    const dying = process(NEW, OLD);
    await checkKeysInUse(source, dying.keys, clock.now());
    dying.rows.diesAt = 3;
    dying.rows.afterCommit = afterCommit;
    await dying.begin();
    expect((await dying.workers.workOff()).failed).toBe(1);
    expect(await opensWith(NEW, OLD)).toBe(MANY);
    await expect(checkKeysInUse(source, new KeyRing([NEW]), clock.now())).rejects.toThrow(ForeignKeysError);

    const next = process(NEW, OLD);
    await next.begin();
    expect(await next.workers.workOff()).toMatchObject({ failed: 0 });

    expect(await opensWith(NEW)).toBe(MANY);
    await checkKeysInUse(source, new KeyRing([NEW]), clock.now());
    expect(await next.rows.keysInUse()).toMatchObject([{ id: 'new' }]);
    const progress = await next.rows.progress();
    expect(progress).toHaveLength(SEALED_TABLES.length);
    expect(progress.every(({ finishedAt, unreadable }) => finishedAt !== null && unreadable === 0)).toBe(true);
    expect(progress.find(({ table }) => table === 'idempotency_keys')?.resealed).toBe(MANY);
  });

  it('is prepared by two roll-outs, in each of which old and new processes open what all of them seal', async () => {
    const rollOuts = [
      [[OLD], [OLD, NEW]],
      [
        [OLD, NEW],
        [NEW, OLD],
      ],
    ];
    for (const together of rollOuts) {
      for (const keys of together) await checkKeysInUse(source, new KeyRing(keys), clock.now());
      for (const [index, keys] of together.entries()) {
        const name = place(String(index));
        const sealed = sealerOf(...keys).seal(new Opened('text'), name);
        for (const others of together) {
          expect(
            sealerOf(...others)
              .open(sealed, name, 'to test it')
              .reveal('to test it'),
          ).toBe('text');
        }
      }
    }
    await expect(checkKeysInUse(source, new KeyRing([OLD]), clock.now())).rejects.toThrow('"inUse": false');
  });

  it('is done once by any number of processes', async () => {
    await sealedRows(450);
    const processes = [process(NEW, OLD), process(NEW, OLD), process(NEW, OLD)];
    for (const each of processes) await each.begin();
    await Promise.all(processes.map(async ({ workers }) => workers.workOff()));
    expect(await opensWith(NEW)).toBe(450);
    expect(processes[0] && (await processes[0].rows.progressOf('idempotency_keys'))?.resealed).toBe(450);
  });

  it('does not undo what a writer wrote meanwhile', async () => {
    await sealedRows(3);
    const one = process(NEW, OLD);
    const [victim] = await stored();
    const fresh = sealerOf(OLD).seal(new Opened('written meanwhile'), place(victim?.row ?? ''));
    one.rows.beforeWrite = async () => {
      one.rows.beforeWrite = async () => Promise.resolve();
      await source.query('UPDATE idempotency_keys SET body_sealed = $2 WHERE key_hash = $1', [victim?.row, fresh]);
    };
    await one.begin();
    while (!(await one.tables.step('idempotency_keys')));
    const now = (await stored()).find(({ row }) => row === victim?.row)?.sealed;
    expect(
      sealerOf(NEW)
        .open(now ?? fresh, place(victim?.row ?? ''), 'to test it')
        .reveal('to test it'),
    ).toBe('written meanwhile');
  });

  it('finds what a process with the old key writes behind its back', async () => {
    await sealedRows(250);
    const one = process(NEW, OLD);
    await one.begin();
    await one.tables.step('idempotency_keys');
    await sealedRows(250);
    while (!(await one.tables.step('idempotency_keys')));
    expect(await opensWith(NEW)).toBe(500);
  });

  it('keeps the old key in use while a value cannot be opened', async () => {
    await checkKeysInUse(source, new KeyRing([OLD]), clock.now());
    await sealedRows(2);
    await source.query(`UPDATE idempotency_keys SET body_sealed = body_sealed || 'xxxx'
      WHERE key_hash = (SELECT min(key_hash) FROM idempotency_keys)`);
    const one = process(NEW, OLD);
    await one.begin();
    expect(await one.workers.workOff()).toMatchObject({ failed: 0 });
    expect(await one.rows.progressOf('idempotency_keys')).toMatchObject({ resealed: 1, unreadable: 1 });
    await expect(checkKeysInUse(source, new KeyRing([NEW]), clock.now())).rejects.toThrow('old');
  });

  it('is refused by a process whose current key is another, and begins anew with the key that is current', async () => {
    await sealedRows(5);
    const behind = process(OLD);
    await process(NEW, OLD).begin();
    await expect(behind.tables.step('idempotency_keys')).rejects.toThrow('not the current one');
    const back = process(OLD, NEW);
    await back.begin();
    expect(await back.workers.workOff()).toMatchObject({ failed: 0 });
    expect(await opensWith(OLD)).toBe(5);
  });

  it('knows every sealed column of the schema', async () => {
    const columns = await source.query<{ place: string }[]>(
      `SELECT table_name || '.' || column_name AS place FROM information_schema.columns
       WHERE table_schema = 'public' AND (column_name = 'sealed' OR column_name LIKE '%\\_sealed') ORDER BY 1`,
    );
    const known = SEALED_TABLES.flatMap(({ table, columns: names }) => names.map((name) => `${table}.${name}`));
    expect(columns.map((column) => column.place)).toEqual(known.sort());
  });

  it('can walk every table', async () => {
    const one = process(NEW, OLD);
    for (const each of SEALED_TABLES) {
      const [first] = await one.rows.rowsAfter(each, null, 1);
      const start = first?.key ?? (each.keyType === 'uuid' ? randomUUID() : 'a');
      expect(await one.rows.rowsAfter(each, start, 5)).toEqual(expect.any(Array));
    }
    expect(await one.rows.uses()).toEqual([]);
    await sealedRows(3);
    expect(await one.rows.uses()).toEqual([{ id: 'old', values: 3 }]);
  });
});
