import { parseArgs } from 'node:util';

import { Report, round } from './report.js';
import type { Running } from './servers.js';
import { choosing, PlannedRows } from './sync-choosing.js';
import { CALLS, metered, SyncRound, type Chosen, type Cost } from './sync-rounds.js';
import { PEOPLE_WITH_DATA, PROVIDERS, type BenchPerson, type BenchProvider } from './sync-states.js';
import { SyncWorld } from './sync-world.js';

const report = new Report('sync');
const { values } = parseArgs({
  options: {
    /** One measure: P3, P4, P5 or P6. */
    only: { type: 'string' },
    connections: { type: 'string', default: '5000' },
    rows: { type: 'string', default: '1000000' },
  },
});

const LATENCY_MS = 300;
const PLACES = 32;
const FEW_PLACES = 10;
/** So long the syncs of a round with latency take at best. */
const ROUND_S = 9;
/** Two workers and one are compared at work, not at their start. */
const LONG_ROUND_S = 20;
const CHOICES = 150;

/** What must go when the bench ends, however it ends. */
const open = new Set<{ close(): Promise<void> }>();
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopping = true;
    void Promise.allSettled([...open].map(async (each) => each.close())).finally(() => process.exit(1));
  });
}

/** P3 to P6 of the targets. Needs PostgreSQL (`DATABASE_URL`); takes under five minutes. */
async function main(): Promise<void> {
  if (wanted('P3') || wanted('P4') || wanted('P6')) {
    const world = await SyncWorld.open(Math.ceil(Number(values.connections) / PROVIDERS.length));
    open.add(world);
    try {
      await firstRound(world);
      if (wanted('P3')) await nothingNew(world);
      if (wanted('P4')) await withLatency(world);
      if (wanted('P6')) await twoWorkers(world);
    } finally {
      await world.close();
    }
  }
  if (wanted('P5')) await choosingDue();
  await report.write();
}

function wanted(id: string): boolean {
  return values.only === undefined || values.only.toUpperCase() === id;
}

/** Some are read once, with their data, so that they have nothing new afterwards; the others learn from them. */
async function firstRound(world: SyncWorld): Promise<void> {
  const begun = performance.now();
  const people = world.people.slice(0, PEOPLE_WITH_DATA);
  await world.connect(people);
  const worker = await world.worker();
  const first = new SyncRound(world);
  await first.begin(everybody(people));
  await first.settled();
  await first.quiet();
  report.note(`first readings with all data: ${String(round((performance.now() - begun) / 1000, 1))} s`);
  await worker.stop();
  await world.connect(world.people.slice(PEOPLE_WITH_DATA));
  await world.copyFacts();
  await first.forget();
  await world.behave({ latencyMs: 0, accounts: false });
}

async function nothingNew(world: SyncWorld): Promise<void> {
  const worker = await world.worker();
  const cost = await metered(world, [worker]);
  const all = new SyncRound(world);
  await all.begin(everybody(world.people));
  await all.settled();
  const { connections, seconds } = await all.span();
  atLeast('P3', `syncs with nothing new of ${String(connections)}`, connections / seconds, 'connections/s', 300);
  for (const provider of PROVIDERS) {
    const span = await all.span(provider);
    report.note(`${provider}: ${String(round(span.connections / span.seconds, 0))} syncs/s while the others ran too`);
  }
  await all.quiet();
  noteCost(await cost(), connections);
  await worker.stop();
  await all.forget();
  const few = world.people.slice(PEOPLE_WITH_DATA, PEOPLE_WITH_DATA + 400);
  for (const provider of PROVIDERS) await alone(world, provider, few, 'alone');
  await alone(world, 'tink', few, 'refreshed', { old: true });
  await world.behave({ latencyMs: 0, accounts: true });
  const some = world.people.slice(0, PEOPLE_WITH_DATA);
  await alone(world, 'tink', some, 'refreshed, with accounts and their transactions', { old: true });
  await world.behave({ latencyMs: 0, accounts: false });
}

/** What a sync of one provider costs, everything that follows from it included. */
async function alone(
  world: SyncWorld,
  provider: BenchProvider,
  people: readonly BenchPerson[],
  name: string,
  data: { readonly old?: boolean } = {},
): Promise<void> {
  const chosen = { tink: [], flanks: [], flinks: [], [provider]: people } as Chosen;
  const worker = await world.worker();
  const cost = await metered(world, [worker]);
  const one = new SyncRound(world);
  await one.begin(chosen, data);
  await one.settled();
  const { connections, seconds } = await one.span();
  await one.quiet();
  report.note(`${provider} ${name}: ${String(round(connections / seconds, 0))} connections/s`);
  noteCost(await cost(), people.length);
  await worker.stop();
  await one.forget();
}

async function withLatency(world: SyncWorld): Promise<void> {
  for (const provider of PROVIDERS) {
    const ideal = idealRate(provider, PLACES);
    // One after the other: all three at once would measure the processor.
    const rate = (await latencyRound(world, PLACES, 1, [provider]))[provider];
    const calls = `${String(round(rate * CALLS[provider], 0))} calls/s, ${String(round(rate, 1))} connections/s`;
    report.note(`${provider}: ${calls}, at best ${String(round(ideal, 1))}`);
    atLeast('P4', `${provider} at 300 ms ÷ places/(calls × latency)`, rate / ideal, '', 0.9);
  }
}

async function twoWorkers(world: SyncWorld): Promise<void> {
  const sum = (rates: Record<BenchProvider, number>): number => PROVIDERS.reduce((all, each) => all + rates[each], 0);
  const one = sum(await latencyRound(world, FEW_PLACES, 1, PROVIDERS, LONG_ROUND_S));
  const two = sum(await latencyRound(world, FEW_PLACES, 2, PROVIDERS, LONG_ROUND_S));
  report.note(`one worker ${String(round(one, 1))}, two ${String(round(two, 1))} connections/s`);
  atLeast('P6', 'two workers ÷ one', two / one, '×', 1.9);
}

/** @returns syncs a second by provider */
async function latencyRound(
  world: SyncWorld,
  places: number,
  workers: number,
  providers: readonly BenchProvider[],
  seconds = ROUND_S,
): Promise<Record<BenchProvider, number>> {
  const env = { MOORING_SYNC_CONCURRENCY: String(places) };
  const running: Running[] = [];
  for (let each = 0; each < workers; each += 1) running.push(await world.worker(env));
  await world.behave({ latencyMs: LATENCY_MS, accounts: false });
  const slow = new SyncRound(world);
  const chosen = chosenFor(world.people, providers, { places: places * workers, seconds });
  await slow.begin(chosen);
  await slow.settled();
  const rates = { tink: 0, flanks: 0, flinks: 0 };
  for (const provider of providers) {
    const span = await slow.span(provider);
    rates[provider] = span.connections / span.seconds;
  }
  await world.behave({ latencyMs: 0, accounts: false });
  for (const each of running) await each.stop();
  await slow.forget();
  return rates;
}

async function choosingDue(): Promise<void> {
  const small = await PlannedRows.with(10_000);
  open.add(small);
  try {
    const begun = performance.now();
    const large = await PlannedRows.with(Number(values.rows));
    open.add(large);
    report.note(`${values.rows} rows in ${String(round((performance.now() - begun) / 1000, 0))} s`);
    try {
      const [few, many] = await choosing(small, large, CHOICES);
      report.note(`10,000 rows: p50 ${String(round(few.p50))} ms, p95 ${String(round(few.p95))} ms`);
      report.note(`${values.rows} rows: p50 ${String(round(many.p50))} ms, p95 ${String(round(many.p95))} ms`);
      report.note(`${String(round(many.bytesPerConnection, 0))} bytes for a connection with its indexes`);
      atMost('P5', `choosing 200 due of ${values.rows}, p95`, many.p95, 'ms', 10);
      atMost('P5', `p50 at ${values.rows} ÷ p50 at 10000`, many.p50 / few.p50, '', 1.5);
    } finally {
      await large.close();
    }
  } finally {
    await small.close();
  }
}

function everybody(people: readonly BenchPerson[]): Chosen {
  return { tink: people, flanks: people, flinks: people };
}

/** So many of each provider that all need the same time. */
function chosenFor(
  people: readonly BenchPerson[],
  providers: readonly BenchProvider[],
  { places, seconds }: { readonly places: number; readonly seconds: number },
): Chosen {
  const some = (provider: BenchProvider): readonly BenchPerson[] =>
    providers.includes(provider) ? people.slice(0, Math.round(idealRate(provider, places) * seconds)) : [];
  return { tink: some('tink'), flanks: some('flanks'), flinks: some('flinks') };
}

function idealRate(provider: BenchProvider, places: number): number {
  return places / (CALLS[provider] * (LATENCY_MS / 1000));
}

function noteCost({ mooringCpu, postgresCpu, simulatorsCpu, walBytes, transactions }: Cost, count: number): void {
  const each = (value: number): string => String(round((value / count) * 1000, 2));
  report.note(
    `  each: CPU ms Mooring ${each(mooringCpu)}, PostgreSQL ${each(postgresCpu)}, simulators ${each(simulatorsCpu)}; ` +
      `${String(round(transactions / count, 1))} transactions, ${String(round(walBytes / count, 0))} bytes of WAL`,
  );
}

function atLeast(id: string, name: string, value: number, unit: string, limit: number): void {
  report.add({
    id,
    name,
    value: round(value),
    unit,
    target: `at least ${String(limit)} ${unit}`.trim(),
    met: value >= limit,
  });
}

function atMost(id: string, name: string, value: number, unit: string, limit: number): void {
  report.add({
    id,
    name,
    value: round(value),
    unit,
    target: `at most ${String(limit)} ${unit}`.trim(),
    met: value <= limit,
  });
}

await main().catch((error: unknown) => {
  // Whoever was told to stop loses its database in the middle of its work.
  if (!stopping) throw error;
});
