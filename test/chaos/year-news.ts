import type { Checks } from './year-checks.js';
import type { YearGround } from './year-ground.js';

const HOUR = 3_600_000;
const STALE_MS = 36 * HOUR;
const WINDOW_MS = 7 * 24 * HOUR;

interface Due {
  readonly id: string;
  readonly date: Date;
}

interface Told {
  readonly seq: string;
  readonly type: string;
  readonly id: string;
  readonly data_as_of: string | null;
  readonly created: string;
  readonly expires_at: string | null;
  readonly consent: string;
}

/** What clients should have been told of clocks, and what they were told. */
export class News {
  private readonly due = { stale: new Set<string>(), expiring: new Set<string>() };
  private readonly told = new Map<string, number>();
  private seen = '0';

  constructor(
    private readonly ground: YearGround,
    private readonly checks: Checks,
  ) {}

  get counts(): { readonly stale: number; readonly expiring: number } {
    return { stale: this.due.stale.size, expiring: this.due.expiring.size };
  }

  /** Before the announcements of this moment. */
  async expect(): Promise<void> {
    const { now } = this.ground;
    const stale = await this.ground.sql<Due>(
      `SELECT id, coalesce(data_as_of, created_at) AS date FROM connections
        WHERE deleted_at IS NULL AND state <> 'deleting' AND coalesce(data_as_of, created_at) < $1`,
      [new Date(now - STALE_MS)],
    );
    for (const { id, date } of stale) this.due.stale.add(keyOf('stale', id, date));
    const ending = await this.ground.sql<Due>(
      `SELECT id, consent_expires_at AS date FROM connections
        WHERE deleted_at IS NULL AND state IN ('active', 'retrying') AND consent_expires_at <= $1`,
      [new Date(now + WINDOW_MS)],
    );
    for (const { id, date } of ending) this.due.expiring.add(keyOf('expiring', id, date));
  }

  /** Events are pruned after a month, so they are counted as they come. */
  async collect(): Promise<void> {
    const rows = await this.ground.sql<Told>(
      `SELECT seq::text, type, connection_id AS id, data -> 'connection' -> 'data' ->> 'asOf' AS data_as_of,
              data -> 'connection' ->> 'createdAt' AS created, data -> 'connection' -> 'consent' ->> 'status' AS consent,
              data -> 'connection' -> 'consent' ->> 'expiresAt' AS expires_at
         FROM outgoing_events WHERE seq > $1 AND type IN ('connection.data_stale', 'connection.consent_expiring')
        ORDER BY outgoing_events.seq`,
      [this.seen],
    );
    for (const row of rows) {
      const isStale = row.type === 'connection.data_stale';
      const date = new Date(isStale ? (row.data_as_of ?? row.created) : (row.expires_at ?? 0));
      this.count(keyOf(isStale ? 'stale' : 'expiring', row.id, date), isStale ? '' : row.consent);
      this.seen = row.seq;
    }
  }

  /** Everything that was due was told. */
  compare(): void {
    for (const kind of ['stale', 'expiring'] as const) {
      for (const key of this.due[kind]) if (!this.wasTold(key)) this.checks.found(kind, `${key} was never told`);
    }
    for (const key of this.told.keys()) {
      const [kind, id, date] = key.split(' ');
      const plain = `${String(kind)} ${String(id)} ${String(date)}`;
      if (!this.due.stale.has(plain) && !this.due.expiring.has(plain)) {
        this.checks.found(kind === 'stale' ? 'stale' : 'expiring', `${key} was told and not due`);
      }
    }
  }

  private count(key: string, what: string): void {
    const full = `${key} ${what}`;
    const times = (this.told.get(full) ?? 0) + 1;
    this.told.set(full, times);
    if (times > 1) this.checks.found(key.startsWith('stale') ? 'stale' : 'expiring', `${full} was told again`);
  }

  private wasTold(key: string): boolean {
    return ['', 'expiring', 'expired'].some((what) => this.told.has(`${key} ${what}`));
  }
}

function keyOf(kind: string, id: string, date: Date): string {
  return `${kind} ${id} ${date.toISOString()}`;
}
