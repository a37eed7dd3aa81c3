import type { Checks } from './year-checks.js';
import type { YearGround } from './year-ground.js';

/** What is made every day and must go again. The history of connections and their data are kept on purpose. */
const PASSING = [
  ...['refresh_attempts', 'login_refusals', 'link_sessions', 'outgoing_events', 'webhook_deliveries'],
  ...['webhook_inbox', 'idempotency_keys', 'data_readings', 'statement_calls', 'connection_creations'],
  ...['former_credentials', 'reconcile_sightings', 'reconcile_sweeps', 'provider_places', 'orphans'],
];
/** Rewritten all the time. A server vacuums such tables within the hour by its own clock, here that is a month. */
const REWRITTEN = ['connections', 'users', 'connection_events', 'pgboss.job', ...PASSING];
/** Rows that differ from one month to the next by chance. */
const SLACK = 60;

/** Watches tables that must stay as small as they are. */
export class Growth {
  private readonly history: Record<string, number>[] = [];

  constructor(
    private readonly ground: YearGround,
    private readonly checks: Checks,
  ) {}

  get sizes(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.history.at(-1) ?? {}).map(([name, size]) => [`rows of ${name}`, size]),
    );
  }

  /** Jobs that are done go by the clock of the database, which stands still compared to ours. */
  async prune(): Promise<void> {
    await this.ground.prune();
    await this.ground.sql(`DELETE FROM pgboss.job WHERE state = 'completed'`);
    await this.ground.sql(`VACUUM (ANALYZE) ${REWRITTEN.join(', ')}`);
  }

  /** From the first months it is known how many rows there are of what is kept for a month. */
  async look(): Promise<void> {
    const counts = PASSING.map((name) => `SELECT '${name}' AS name, count(*)::int AS count FROM ${name}`);
    const rows = await this.ground.sql<{ name: string; count: number }>(counts.join(' UNION ALL '));
    await this.ground.sql('VACUUM (ANALYZE)');
    this.history.push(Object.fromEntries(rows.map(({ name, count }) => [name, count])));
    const known = this.history.slice(0, Math.ceil(this.history.length / 2));
    for (const { name, count } of rows) {
      const most = Math.max(...known.map((sizes) => sizes[name] ?? 0));
      if (this.history.length > 3 && count > 1.6 * most + SLACK) {
        this.checks.found('growth', `${name} has ${String(count)} rows and had ${String(most)}`);
      }
    }
  }
}
