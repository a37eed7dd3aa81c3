import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Type } from '@nestjs/common';
import pg from 'pg';

import { SCOPES } from '../../src/access/scope.js';
import { loadConfig } from '../../src/config/load-config.js';
import { createApp } from '../../src/create-app.js';
import { OutgoingHttpOptions } from '../../src/platform/http/outgoing-http.options.js';
import type { Ids } from '../../src/platform/ids/ids.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlanksSimulator } from '../../src/sandbox/flanks/flanks-simulator.js';
import { createFlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.js';
import { textAt } from '../../src/sandbox/rest-client.js';
import { createTinkSimulator } from '../../src/sandbox/tink/tink-simulator.js';
import { PruningDuties } from '../../src/sync/pruning-duties.js';
import { WatchfulDuties } from '../../src/sync/watchful-duties.js';
import { WorkDue } from '../../src/sync/work-due.js';
import { RepeatedIds } from './year-random.js';

export const START = new Date('2026-11-20T10:00:00.000Z');
export const PUBLIC_URL = 'https://mooring.example';
const SECRET = 'a-secret-of-the-year-and-nobody-else';
const CUSTOMER = '5a4db0c5-0000-4000-8000-0000000000aa';
/** Milliseconds of the simulators' steps: a whole load takes three seconds. */
const STEP_MS = 250;
/** What a pause of the circuit is in a year that passes in minutes. */
const QUICK = { initialBreakMs: 1, maxBreakMs: 1 };
/** A year has a million commits and no crash: they need not wait for the disk. */
const NOTHING_CRASHES = `DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database());
END $$`;
const NO_RETRIES = { extraAttempts: 0, initialDelayMs: 1, maxDelayMs: 1 };

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly location: string | null;
}

type Simulators = Awaited<ReturnType<typeof simulators>>;

/** Mooring and all three providers in this process, on one clock that stands still until it is moved. */
export class YearGround {
  /** What the application said at level error. */
  readonly errors: string[] = [];
  private key = '';
  private app!: NestFastifyApplication;
  private url = '';

  private constructor(
    readonly clock: MovableClock,
    private readonly simulated: Simulators,
    private readonly database: pg.Client,
    private readonly directory: string,
  ) {}

  static async open(databaseUrl: string, seed: number): Promise<YearGround> {
    const clock = MovableClock.frozenAt(START);
    const database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    await database.query(NOTHING_CRASHES);
    const directory = await mkdtemp(join(tmpdir(), 'mooring-year-'));
    const ground = new YearGround(clock, await simulators(clock), database, directory);
    await ground.start(databaseUrl, new RepeatedIds(seed, clock));
    return ground;
  }

  get tink() {
    return this.simulated.tink.control;
  }

  get flanks() {
    return this.simulated.flanks.control;
  }

  get flinks() {
    return this.simulated.flinks.control;
  }

  get now(): number {
    return this.clock.now().getTime();
  }

  inside<T>(part: Type<T>): T {
    return this.app.get(part, { strict: false });
  }

  /** Answers of 500 are bugs, whatever was asked. @throws for them. */
  async call(method: string, path: string, body?: unknown, key: string | null = this.key): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      body: body === undefined ? null : JSON.stringify(body),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
    });
    const text = await response.text();
    if (response.status === 500) throw new Error(`${method} ${path} answered 500: ${text}`);
    const json = response.headers.get('content-type')?.includes('json') === true && text !== '';
    const location = response.headers.get('location');
    return { status: response.status, location, body: json ? JSON.parse(text) : undefined };
  }

  /** The browser follows a provider's redirect. */
  async comeBack(location: URL): Promise<Answer> {
    if (location.origin !== PUBLIC_URL) throw new Error('The provider sends the user elsewhere.');
    return this.call('GET', `${location.pathname}${location.search}`, undefined, null);
  }

  async sql<Row extends object>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.database.query<Row>(text, parameters)).rows;
  }

  /** What a worker does within its next seconds. */
  async work(): Promise<void> {
    await this.inside(WorkDue).run();
  }

  async watchful(): Promise<void> {
    const { signal } = new AbortController();
    for (const duty of this.inside(WatchfulDuties).all) await duty.run(signal);
  }

  async prune(): Promise<void> {
    const { signal } = new AbortController();
    for (const duty of this.inside(PruningDuties).all) await duty.run(signal);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.database.end();
    for (const each of Object.values(this.simulated)) await each.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async start(databaseUrl: string, ids: Ids): Promise<void> {
    const bootstrap = `mk_bootstrap${randomBytes(4).toString('hex')}_${randomBytes(24).toString('hex')}`;
    const config = loadConfig({
      ...{ PORT: '0', MOORING_ROLE: 'api', MOORING_MODE: 'sandbox', MOORING_LOG_LEVEL: 'error' },
      ...{ MOORING_DATA_DIR: this.directory, DATABASE_URL: databaseUrl, MOORING_PUBLIC_URL: PUBLIC_URL },
      MOORING_ENCRYPTION_KEYS: `year:${Buffer.alloc(32, 11).toString('base64')}`,
      MOORING_BOOTSTRAP_KEY: bootstrap,
      ...environmentOf(this.simulated),
    });
    const logStream = { write: (line: string) => void this.errors.push(line) };
    this.app = await createApp(config, { clock: this.clock, ids, logStream });
    const options = this.inside(OutgoingHttpOptions);
    Object.assign(options.circuit, QUICK);
    Object.assign(options.retry, NO_RETRIES);
    await this.app.listen(0, '127.0.0.1');
    this.url = await this.app.getUrl();
    const body = { name: 'year', scopes: [...SCOPES] };
    this.key = textAt((await this.call('POST', '/admin/clients', body, bootstrap)).body, 'key');
  }
}

async function simulators(clock: MovableClock) {
  const [tink, flanks, flinks] = await Promise.all([
    createTinkSimulator({ clock, clientId: 'year', clientSecret: SECRET, stepMs: STEP_MS }),
    createFlanksSimulator({ clock, clientId: 'year', clientSecret: SECRET, stepMs: STEP_MS }),
    createFlinksSimulator({ clock, customerId: CUSTOMER, stepMs: STEP_MS, secretKey: SECRET, apiKey: SECRET }),
  ]);
  return { tink, flanks, flinks };
}

function environmentOf({ tink, flanks, flinks }: Simulators): Record<string, string> {
  return {
    ...{ TINK_API_URL: tink.url, TINK_LINK_URL: tink.linkUrl, TINK_CLIENT_ID: 'year', TINK_CLIENT_SECRET: SECRET },
    ...{ FLANKS_API_URL: flanks.url, FLANKS_PLATFORM_URL: flanks.platformUrl },
    ...{ FLANKS_CLIENT_ID: 'year', FLANKS_CLIENT_SECRET: SECRET },
    ...{ FLINKS_API_URL: flinks.apiUrl, FLINKS_CONNECT_URL: flinks.connectUrl, FLINKS_CUSTOMER_ID: CUSTOMER },
    ...{ FLINKS_SECRET_KEY: SECRET, FLINKS_API_KEY: SECRET },
  };
}
