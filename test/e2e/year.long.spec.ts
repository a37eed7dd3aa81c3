import { CHECKS, type Check } from '../chaos/year-checks.js';
import { runYear, type YearEnd } from '../chaos/year-run.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';

/** The whole year of many connections is test/chaos/year.main.ts. */
const SEED = 2;
const PATIENCE_MS = 400_000;
const HAPPENED = [
  ...['tink silent', 'tink bank', 'flanks answer', 'flanks blocked', 'flinks night', 'flinks password'],
  ...['flinks is down', 'deleted at the provider', 'update_login', 'renew_consent', 'reconnect'],
];

describe(`a month with much trouble, seed ${String(SEED)}`, () => {
  let database: TestDatabase;
  let end: YearEnd;

  beforeAll(async () => {
    database = await testDatabase();
    end = await runYear({
      ...{ databaseUrl: database.url, seed: SEED, connections: 9, days: 30 },
      ...{ hoursPerStep: 12, compareEvery: 15, troubles: 60 },
    });
  }, PATIENCE_MS);

  afterAll(async () => {
    await database.close();
  });

  it.each(Object.entries(CHECKS))('%s: %s', (check) => {
    expect(end.findings.get(check as Check) ?? []).toEqual([]);
  });

  it('was no quiet time', () => {
    expect(Object.keys(end.happened)).toEqual(expect.arrayContaining(HAPPENED));
    expect(end.happened['stale']).toBeGreaterThan(10);
  });
});
