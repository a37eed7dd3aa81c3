import { Checks, type Check } from './year-checks.js';
import { START, YearGround } from './year-ground.js';
import { Growth } from './year-growth.js';
import { News } from './year-news.js';
import { connect, plans, type Person } from './year-people.js';
import { Dice } from './year-random.js';
import { Trouble } from './year-trouble.js';
import { Users } from './year-users.js';

export interface YearOptions {
  /** A migrated or an empty database that nobody else uses. */
  readonly databaseUrl: string;
  /** The same seed gives the same year. */
  readonly seed: number;
  readonly connections: number;
  readonly days: number;
  readonly hoursPerStep: number;
  /** Days from one comparison with the providers to the next. */
  readonly compareEvery: number;
  /** Troubles of one connection in a year. */
  readonly troubles: number;
  /** Told now and then. */
  readonly progress?: (text: string) => void;
}

export interface YearEnd {
  readonly findings: ReadonlyMap<Check, readonly string[]>;
  /** What happened, with how often: a year in which nothing went wrong proves nothing. */
  readonly happened: Readonly<Record<string, number>>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Without trouble and users before a comparison: retries come after twelve hours at the latest, nights once a day. */
const CALM_MS = 2 * DAY;
/** Of Flinks' nightly run, UTC. */
const NIGHT_MS = 4 * HOUR;
const OUTAGES_PER_YEAR = 20;
/** How likely somebody opens the app in a day. */
const VISITS_PER_DAY = 0.15;
const MOST_ROUNDS = 14;
const ROUND_MS = 1_300;

/** Starts everything, lives through the days, and ends everything. */
export async function runYear(options: YearOptions): Promise<YearEnd> {
  const ground = await YearGround.open(options.databaseUrl, options.seed);
  try {
    return await new Year(ground, options).run();
  } finally {
    await ground.close();
  }
}

class Year {
  private readonly dice: Dice;
  private readonly people: Person[] = [];
  private readonly checks: Checks;
  private readonly news: News;
  private readonly trouble: Trouble;
  private readonly users: Users;
  private readonly growth: Growth;

  constructor(
    private readonly ground: YearGround,
    private readonly options: YearOptions,
  ) {
    this.dice = new Dice(options.seed);
    this.checks = new Checks(ground, this.people);
    this.news = new News(ground, this.checks);
    this.trouble = new Trouble(ground, this.dice);
    this.users = new Users(ground, this.dice);
    this.growth = new Growth(ground, this.checks);
  }

  async run(): Promise<YearEnd> {
    const { days, hoursPerStep, connections, progress } = this.options;
    for (const plan of plans(connections)) this.people.push(await connect(this.ground, plan));
    progress?.(`${String(this.people.length)} connections`);
    const steps = Math.round((days * 24) / hoursPerStep);
    for (let step = 1; step <= steps; step += 1) {
      await this.step(step, step === steps);
      if (step % Math.round((30 * 24) / hoursPerStep) === 0) progress?.(`day ${String((step * hoursPerStep) / 24)}`);
    }
    this.news.compare();
    for (const what of this.users.deeds.tooManyWrong) this.checks.found('wrong', what);
    for (const line of this.ground.errors) this.checks.found('errors', line.slice(0, 600));
    const happened = Object.fromEntries([...this.trouble.caused, ...this.users.deeds.done]);
    return { findings: this.checks.findings, happened: { ...happened, ...this.news.counts, ...this.growth.sizes } };
  }

  private async step(step: number, isLast: boolean): Promise<void> {
    const end = START.getTime() + step * this.options.hoursPerStep * HOUR;
    const calmFrom = this.nextComparison(end) - CALM_MS;
    const calm = this.ground.now >= calmFrom;
    this.checks.step = step;
    this.trouble.end(step);
    if (calm) this.trouble.calm();
    else await this.act(step);
    await this.alone(end);
    await this.tell(step);
    if (end < this.nextComparison(end) && !isLast) return;
    await this.checks.compare();
    await this.checks.quiet(calmFrom);
    await this.growth.look();
  }

  /** The moment at or after which the providers are asked for their truth. */
  private nextComparison(end: number): number {
    const { compareEvery, days } = this.options;
    const every = compareEvery * DAY;
    const begun = START.getTime();
    return Math.min(begun + Math.ceil((end - begun) / every) * every, begun + days * DAY);
  }

  /** Trouble comes, and some users open the app. */
  private async act(step: number): Promise<void> {
    const share = this.options.hoursPerStep / 24;
    if (this.dice.chance((OUTAGES_PER_YEAR / 365) * share)) this.trouble.outage(step);
    for (const person of this.people) {
      if (this.dice.chance((this.options.troubles / 365) * share)) await this.trouble.strike(person, step);
    }
    for (const person of this.people) {
      if (this.dice.chance(VISITS_PER_DAY * share)) await this.users.follow(person);
    }
  }

  /** Hours without any user. Workers do theirs in the seconds after the users have left, and again at the end. */
  private async alone(end: number): Promise<void> {
    await this.checks.beforeAlone();
    const from = this.ground.now;
    await this.workToEnd();
    this.ground.clock.advance(Math.max(0, end - this.ground.now));
    await this.workToEnd();
    await this.checks.afterAlone();
    this.checks.night(Math.floor((this.ground.now - NIGHT_MS) / DAY) - Math.floor((from - NIGHT_MS) / DAY));
  }

  /** Second by second, until nothing moves. */
  private async workToEnd(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      await this.ground.work();
      this.ground.clock.advance(ROUND_MS);
      if (!(await this.isBusy())) break;
    }
  }

  private async isBusy(): Promise<boolean> {
    const busy = await this.ground.sql(
      `SELECT 1 FROM connections WHERE deleted_at IS NULL
          AND (state IN ('pending', 'authenticating', 'syncing') OR next_watch_at <= $1 OR next_sync_at <= $1) LIMIT 1`,
      [this.ground.clock.now()],
    );
    return busy.length > 0;
  }

  private async tell(step: number): Promise<void> {
    await this.news.expect();
    await this.ground.watchful();
    await this.news.collect();
    if (step % Math.max(1, Math.round(24 / this.options.hoursPerStep)) === 0) await this.growth.prune();
  }
}
