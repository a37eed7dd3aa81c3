import { PROVIDERS, type ProviderName, type Sum, type Truth } from './simulated/desk.js';
import type { Stage } from './stage.js';
import type { Verdicts } from './verdicts.js';

/** The provider's id of each connection, by ours. */
export type Known = ReadonlyMap<ProviderName, ReadonlyMap<string, string>>;

interface Row {
  readonly id: string;
  readonly state: string;
  readonly provider_status: string;
}

const SHOWN = 5;

/** States are those of the provider's truth, read at the end. */
export async function compareStates(report: Verdicts, stage: Stage, known: Known): Promise<void> {
  for (const provider of PROVIDERS) {
    const truth = await truthOf(stage, provider);
    const rows = await stage.rows.query<Row>(`SELECT id, state, provider_status FROM connections WHERE provider = $1`, [
      provider,
    ]);
    const ids = known.get(provider);
    const wrong = rows.filter(({ id, state }) => ids?.has(id) && truth.get(ids.get(id) ?? '')?.state !== state);
    report.none(
      'N',
      `connections of ${provider} in another state than the provider's`,
      wrong.length,
      `of ${String(rows.length)}`,
    );
    for (const { id, state, provider_status: word } of wrong.slice(0, SHOWN)) {
      report.note(`N: ${id} is ${state} (${word}), ${JSON.stringify(truth.get(ids?.get(id) ?? ''))}`);
    }
  }
}

/** How many are not as the provider says, for waiting. */
export async function countBehind(stage: Stage, known: Known): Promise<number> {
  let behind = 0;
  for (const provider of PROVIDERS) {
    const truth = await truthOf(stage, provider);
    const rows = await stage.rows.query<Row>(`SELECT id, state FROM connections WHERE provider = $1`, [provider]);
    const ids = known.get(provider);
    behind += rows.filter(({ id, state }) => ids?.has(id) && truth.get(ids.get(id) ?? '')?.state !== state).length;
  }
  return behind;
}

/** Of each connection that is well: as many transactions, and of the same sum, as the provider has. */
export async function compareTotals(report: Verdicts, stage: Stage, known: Known): Promise<void> {
  for (const provider of PROVIDERS) {
    const rows = await stage.rows.query<{ id: string; count: number; sum: string }>(
      `SELECT c.id, count(t.id)::int AS count, coalesce(sum(t.amount), 0)::text AS sum
         FROM connections c LEFT JOIN transactions t ON t.connection_id = c.id
        WHERE c.provider = $1 AND c.state = 'active' GROUP BY c.id`,
      [provider],
    );
    const ids = known.get(provider);
    const mine = rows.filter(({ id }) => ids?.has(id));
    const totals = await stage.simulator(provider).call(
      'totals',
      mine.map(({ id }) => ids?.get(id) ?? ''),
    );
    const wrong = mine.filter(({ count, sum }, index) => !same({ count, hundredths: cents(sum) }, totals[index]));
    const all = mine.reduce((sum, { count }) => sum + count, 0);
    const of = `of ${String(mine.length)} with ${String(all)} transactions`;
    report.none('N', `connections of ${provider} with other transactions than the provider's`, wrong.length, of);
    for (const each of wrong.slice(0, SHOWN)) {
      report.note(`N: ${JSON.stringify(each)}, the provider has ${JSON.stringify(totals[mine.indexOf(each)])}`);
    }
  }
}

async function truthOf(stage: Stage, provider: ProviderName): Promise<Map<string, Truth>> {
  const truth = await stage.simulator(provider).call('truth');
  return new Map(truth.map((each) => [each.credentialId, each]));
}

function cents(decimal: string): number {
  return Math.round(Number(decimal) * 100);
}

function same(ours: Sum, theirs: Sum | undefined): boolean {
  return theirs?.count === ours.count && theirs.hundredths === ours.hundredths;
}
