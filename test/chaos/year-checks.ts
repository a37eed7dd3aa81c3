import { START, type YearGround } from './year-ground.js';
import { label, type Person } from './year-people.js';
import { attemptsOf, truthOf } from './year-truth.js';

export const CHECKS = {
  truth: 'state is the truth of the provider',
  clocks: 'data and consent are of the dates that the provider has',
  rest: 'nobody tries the bank for a connection that waits for its user',
  unattended: 'Flinks never signs in without the user but by its own nightly run',
  quota: 'unattended refreshes within the quota of every rolling day',
  wrong: 'attempts at the bank with one wrong password at most three',
  nightly: 'cards that can be kept are in the nightly run',
  stale: 'old data told exactly once for each date',
  expiring: 'an ending consent told exactly once for each date',
  jobs: 'no job waits or is dead',
  growth: 'no table grows without bound',
  flapping: 'a quiet connection has a quiet history',
  errors: 'nothing was logged as an error',
} as const;
export type Check = keyof typeof CHECKS;

const DAY = 86_400_000;
const QUOTA = 4;
/** A reading every six hours, and the time that its rhythm may take. */
const BEHIND_MS = 8 * 3_600_000;
/** A refresh a day and its retries after trouble, three events each. */
const QUIET_EVENTS_PER_DAY = 20;

interface Row {
  readonly id: string;
  readonly state: string;
  readonly cause: string;
  readonly state_since: Date;
  readonly provider_status: string;
  readonly data_as_of: Date | null;
  readonly consent_expires_at: Date | null;
  readonly next_sync_at: Date | null;
  readonly next_watch_at: Date | null;
  readonly retry_at: Date | null;
}

const RESTING = ['reauth_required', 'blocked'];

/** Compares what Mooring says and does with what the providers know. Each finding is one sentence. */
export class Checks {
  readonly findings = new Map<Check, string[]>();
  private readonly refreshes = new Map<string, number[]>();
  private resting: { person: Person; since: number; attempts: number }[] = [];
  private eligible: string[] = [];
  private flinksAttempts = 0;
  step = 0;

  constructor(
    private readonly ground: YearGround,
    private readonly people: readonly Person[],
  ) {}

  found(check: Check, what: string): void {
    const day = ((this.ground.now - START_MS) / DAY).toFixed(2);
    this.findings.set(check, [...(this.findings.get(check) ?? []), `step ${String(this.step)}, day ${day}: ${what}`]);
  }

  /** The users have left; until `afterAlone` everything is unattended. */
  async beforeAlone(): Promise<void> {
    const rows = await this.rows();
    this.ground.tink.clearCalls();
    this.ground.flinks.clearAttempts();
    this.resting = this.people.flatMap((person) => {
      const row = rows.get(person.connectionId);
      if (!row || !RESTING.includes(row.state)) return [];
      return [{ person, since: row.state_since.getTime(), attempts: attemptsOf(this.ground, person) }];
    });
    this.eligible = this.people.flatMap((person) =>
      person.way === 'card' && truthOf(this.ground, person).nightly ? [keyOf(person)] : [],
    );
    this.flinksAttempts = this.signIns();
  }

  async afterAlone(): Promise<void> {
    const rows = await this.rows();
    for (const { person, since, attempts } of this.resting) {
      const row = rows.get(person.connectionId);
      const stayed = row?.state_since.getTime() === since;
      const more = attemptsOf(this.ground, person) - attempts;
      if (stayed && more > 0) this.found('rest', `${label(person)} is ${row.state}: ${String(more)} attempts`);
    }
    const signIns = this.signIns() - this.flinksAttempts;
    if (signIns > 0) this.found('unattended', `${String(signIns)} sign-ins`);
    this.quota();
  }

  /** After a night of Flinks. @param nights how many have passed since `beforeAlone`. */
  night(nights: number): void {
    if (nights === 0) return;
    const tried = this.ground.flinks.attempts({ cause: 'nightly' });
    const seen = new Set(tried.map(({ institution, username }) => `${institution}|${username}`));
    for (const key of this.eligible) if (!seen.has(key)) this.found('nightly', `${key} was left out`);
  }

  /** After a while without trouble and users. */
  async compare(): Promise<void> {
    const rows = await this.rows();
    for (const person of this.people) {
      const row = rows.get(person.connectionId);
      if (row) this.one(person, row);
      else this.found('truth', `${label(person)} is gone`);
    }
    await this.jobs();
  }

  async quiet(since: number): Promise<void> {
    const days = (this.ground.now - since) / DAY;
    const loud = await this.ground.sql<{ id: string; count: number }>(
      `SELECT connection_id AS id, count(*)::int AS count FROM connection_events WHERE at > $1
        GROUP BY 1 HAVING count(*) > $2`,
      [new Date(since), Math.ceil(QUIET_EVENTS_PER_DAY * days)],
    );
    for (const { id, count } of loud) this.found('flapping', `${id} has ${String(count)} events`);
  }

  private one(person: Person, row: Row): void {
    const truth = truthOf(this.ground, person);
    const is = `${label(person)} is ${row.state}/${row.cause} (${row.provider_status})`;
    if (!truth.states.includes(row.state)) {
      this.found('truth', `${is}, the provider says ${truth.states.join(' or ')} (${truth.word}); ${plan(row)}`);
    }
    const { dataAsOf, consentEnds } = truth;
    if (dataAsOf !== null && row.state === 'active') {
      const known = row.data_as_of?.getTime() ?? 0;
      if (dataAsOf < known || (dataAsOf > known && this.ground.now - dataAsOf > BEHIND_MS)) {
        this.found('clocks', `${is}: data of ${String(row.data_as_of?.toISOString())}, not ${date(dataAsOf)}`);
      }
    }
    if (person.provider === 'tink' && row.state === 'active' && consentEnds !== null) {
      if (row.consent_expires_at?.getTime() !== consentEnds) {
        this.found('clocks', `${is}: consent until ${String(row.consent_expires_at)}, not ${date(consentEnds)}`);
      }
    }
  }

  private async jobs(): Promise<void> {
    const jobs = await this.ground.sql<{ name: string; state: string; count: number }>(
      `SELECT name, state::text, count(*)::int AS count FROM pgboss.job WHERE state <> 'completed' GROUP BY 1, 2`,
    );
    for (const { name, state, count } of jobs) this.found('jobs', `${String(count)} of ${name} are ${state}`);
  }

  /** What reached Tink, whatever our own ledger says. */
  private quota(): void {
    const { now } = this.ground;
    for (const { path, at, fault, status } of this.ground.tink.calls({ method: 'POST', path: '/refresh$' })) {
      if (fault !== null || status === null || status >= 300) continue;
      const times = [...(this.refreshes.get(path) ?? []), at].filter((time) => now - time < 2 * DAY);
      this.refreshes.set(path, times);
      const within = times.filter((time) => time > at - DAY && time <= at).length;
      if (within > QUOTA) this.found('quota', `${path}: ${String(within)} within a day`);
    }
  }

  private signIns(): number {
    return this.ground.flinks.attempts().filter(({ cause }) => cause !== 'nightly').length;
  }

  private async rows(): Promise<Map<string, Row>> {
    const rows = await this.ground.sql<Row>('SELECT * FROM connections WHERE deleted_at IS NULL');
    return new Map(rows.map((row) => [row.id, row]));
  }
}

const START_MS = START.getTime();
const keyOf = ({ institutionId, username }: Person): string => `${institutionId}|${username}`;
const date = (ms: number): string => new Date(ms).toISOString();

function plan({ state_since, next_sync_at, next_watch_at, retry_at }: Row): string {
  const times = { since: state_since, sync: next_sync_at, watch: next_watch_at, retry: retry_at };
  return Object.entries(times)
    .map(([name, time]) => `${name} ${time?.toISOString() ?? 'never'}`)
    .join(', ');
}
