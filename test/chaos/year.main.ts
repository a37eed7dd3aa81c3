import { Report } from '../bench/report.js';
import { freshDatabase } from '../bench/servers.js';
import { CHECKS, type Check } from './year-checks.js';
import { runYear } from './year-run.js';

/** A year of many connections on the PostgreSQL of `DATABASE_URL`; `YEAR_SEED` lives through the same one again. */
const SIZES = {
  YEAR_SEED: 1,
  YEAR_CONNECTIONS: 500,
  YEAR_DAYS: 365,
  YEAR_HOURS_PER_STEP: 6,
  YEAR_TROUBLES: 12,
  YEAR_COMPARE_EVERY: 30,
};
const SHOWN = 20;

/** @throws RangeError for a size that is no number above 0. */
function size(name: keyof typeof SIZES): number {
  const given = process.env[name];
  const value = given === undefined ? SIZES[name] : Number(given);
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`${name} must be a number above 0.`);
}

async function main(): Promise<number> {
  const report = new Report('year');
  const seed = size('YEAR_SEED');
  const database = await freshDatabase();
  let missed = 0;
  const began = performance.now();
  try {
    report.note(`seed ${String(seed)}`);
    const { findings, happened } = await runYear({
      ...{ databaseUrl: database.url, seed, connections: size('YEAR_CONNECTIONS'), days: size('YEAR_DAYS') },
      ...{
        hoursPerStep: size('YEAR_HOURS_PER_STEP'),
        troubles: size('YEAR_TROUBLES'),
        compareEvery: size('YEAR_COMPARE_EVERY'),
      },
      progress: (text) => {
        report.note(`${text} after ${((performance.now() - began) / 1000).toFixed(0)} s`);
      },
    });
    report.note(JSON.stringify(happened));
    for (const [check, name] of Object.entries(CHECKS)) {
      const found = findings.get(check as Check) ?? [];
      const met = found.length === 0;
      if (!met) missed += 1;
      report.add({ id: `Y-${check}`, name, value: found.length, unit: 'findings', target: '0', met });
      for (const what of found.slice(0, SHOWN)) report.note(what);
    }
    await report.write();
    return missed;
  } finally {
    await database.drop();
  }
}

process.exitCode = (await main()) === 0 ? 0 : 1;
