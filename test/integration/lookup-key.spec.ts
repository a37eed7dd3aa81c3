import { randomBytes } from 'node:crypto';

import type { DataSource } from 'typeorm';

import { KeyRing } from '../../src/platform/crypto/key-ring.js';
import { ForeignKeysError, lookupKey } from '../../src/platform/crypto/lookup-key.js';
import { Sealer } from '../../src/platform/crypto/sealer.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';

const first = { id: 'first', key: randomBytes(32) };
const second = { id: 'second', key: randomBytes(32) };
const sealerOf = (...keys: (typeof first)[]) => new Sealer(new KeyRing(keys));

describe('the look-up key', () => {
  let database: TestDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await testDatabase();
    source = await database.connect([]);
  });

  afterAll(async () => {
    await database.close();
  });

  it('is one for all processes that start together, and stays', async () => {
    const keys = await Promise.all([1, 2, 3, 4].map(() => lookupKey(source, sealerOf(first))));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect(keys[0]).toHaveLength(32);
    expect(await lookupKey(source, sealerOf(first))).toEqual(keys[0]);
  });

  it('outlives a new encryption key', async () => {
    const before = await lookupKey(source, sealerOf(first));
    expect(await lookupKey(source, sealerOf(second, first))).toEqual(before);
  });

  it('is stored sealed', async () => {
    const key = await lookupKey(source, sealerOf(first));
    const stored = JSON.stringify(await source.query('SELECT * FROM installation_secrets'));
    expect(stored).not.toContain(key.toString('base64'));
    expect(stored).toContain('v1.first.');
  });

  it('says so when the keys are those of another database', async () => {
    await expect(lookupKey(source, sealerOf(second))).rejects.toThrow(ForeignKeysError);
  });
});
