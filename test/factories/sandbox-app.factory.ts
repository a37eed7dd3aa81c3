import { randomBytes, randomUUID } from 'node:crypto';

import type { Type } from '@nestjs/common';
import pg from 'pg';

import { SCOPES } from '../../src/access/scope.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import type { CallFilter } from '../../src/sandbox/simulator/call-log.js';
import type { CredentialsState, TinkControl, TinkSimulator } from '../../src/sandbox/tink/tink-simulator.types.js';
import { createTinkSimulator } from '../../src/sandbox/tink/tink-simulator.js';
import { WorkDue } from '../../src/sync/work-due.js';
import { startApp, type RunningApp } from './app.factory.js';
import { testDatabase, type TestDatabase } from './database.factory.js';

export const SANDBOX_START = new Date('2026-11-20T10:00:00.000Z');
export const STEP_MS = 1000;
export const GOOD_LOGIN = { username: 'u10000001', password: 'abc123' };
/** Steps of the simulator that no dialogue-free run takes. */
const PATIENCE = 60;

const CLIENT_SECRET = 'tink-client-secret-of-the-sandbox';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; `undefined` without a body or when it is not JSON. */
  readonly body: unknown;
  readonly bytes: Buffer;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the key with all scopes. `null` = none. */
  readonly key?: string | null;
}

export interface ConnectOptions {
  readonly userId: string;
  readonly institutionId?: string;
  readonly fields?: unknown;
  readonly reference?: string;
  readonly redirectUrl?: string;
}

export interface SandboxAppOptions {
  /** The clock stands still until advanced. Default true. */
  readonly frozen?: boolean;
  /** Of simulators that were started before; default: one of its own. */
  readonly clock?: MovableClock;
  readonly env?: Readonly<Record<string, string>>;
}

interface Ground {
  readonly clock: MovableClock;
  readonly simulator: TinkSimulator;
  readonly database: TestDatabase;
  readonly bootstrapKey: string;
}

/**
 * The real application in the role `api`, a Tink simulator and one clock for both. Nothing moves by itself: time is
 * advanced, and what a worker would do is done by `watch`.
 */
export class SandboxApp {
  private constructor(
    private readonly ground: Ground,
    private readonly running: RunningApp,
    /** Has every scope. */
    readonly key: string,
    private readonly options: SandboxAppOptions,
  ) {}

  static async start(options: SandboxAppOptions = {}): Promise<SandboxApp> {
    const clock =
      options.clock ?? (options.frozen === false ? new MovableClock() : MovableClock.frozenAt(SANDBOX_START));
    const [simulator, database] = await Promise.all([
      createTinkSimulator({ clock, clientId: 'sandbox', clientSecret: CLIENT_SECRET, stepMs: STEP_MS }),
      testDatabase(),
    ]);
    const bootstrapKey = `mk_bootstrap${randomBytes(4).toString('hex')}_${randomBytes(24).toString('hex')}`;
    const ground = { clock, simulator, database, bootstrapKey };
    const running = await startOn(ground, options);
    const created = await call(running.baseUrl, 'POST', '/admin/clients', {
      key: bootstrapKey,
      body: { name: 'tests', scopes: [...SCOPES] },
    });
    return new SandboxApp(ground, running, textAt(created.body, 'key'), options);
  }

  /** Another process on the same database, provider and clock. Ends with `stop`; `close` belongs to the first. */
  async alongside(env: Readonly<Record<string, string>> = {}): Promise<SandboxApp> {
    const options = { ...this.options, env: { ...this.options.env, ...env } };
    return new SandboxApp(this.ground, await startOn(this.ground, options), this.key, options);
  }

  get clock(): MovableClock {
    return this.ground.clock;
  }

  get tink(): TinkControl {
    return this.ground.simulator.control;
  }

  get tinkUrl(): string {
    return this.ground.simulator.url;
  }

  get baseUrl(): string {
    return this.running.baseUrl;
  }

  get databaseUrl(): string {
    return this.ground.database.url;
  }

  /** What another process needs to work beside this one. */
  get environment(): Readonly<Record<string, string>> {
    return environmentOf(this.ground);
  }

  logText(): string {
    return this.running.logText();
  }

  /** A part of the running application. */
  inside<T>(part: Type<T>): T {
    return this.running.app.get(part, { strict: false });
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    return call(this.baseUrl, method, path, { key: this.key, ...options });
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call('GET', path, { headers });
  }

  async post(path: string, body?: unknown): Promise<Answer> {
    return this.call('POST', path, body === undefined ? {} : { body });
  }

  /** @returns the id of a new user. */
  async user(externalUserId: string = randomUUID()): Promise<string> {
    const created = await this.post('/v1/users', { externalUserId, market: 'SE', locale: 'en_GB' });
    return textAt(created.body, 'id');
  }

  async connect({ institutionId = 'se-demobank-password', fields = GOOD_LOGIN, ...rest }: ConnectOptions) {
    return this.post('/v1/connections', { provider: 'tink', institutionId, fields, ...rest });
  }

  /** @returns the id of a new connection of a user. @throws when it is not created. */
  async connected(options: Partial<ConnectOptions> = {}): Promise<string> {
    const created = await this.connect({ ...options, userId: options.userId ?? (await this.user()) });
    if (created.status !== 201) throw new Error(`Not created: ${created.bytes.toString()}`);
    return textAt(created.body, 'id');
  }

  /** A connection that has settled as active. */
  async active(options: Partial<ConnectOptions> = {}): Promise<string> {
    const id = await this.connected(options);
    await this.until(id, 'active');
    return id;
  }

  async read(id: string): Promise<Answer> {
    return this.get(`/v1/connections/${id}`);
  }

  advance(ms: number): void {
    this.clock.advance(ms);
  }

  /** Reads, and moves the clock by a step, until the connection is in this state. */
  async until(id: string, state: string): Promise<unknown> {
    const seen: unknown[] = [];
    for (let step = 0; step < PATIENCE; step++) {
      const { body } = await this.read(id);
      const value = member(body, 'state', 'value');
      if (value === state) return body;
      if (seen.at(-1) !== value) seen.push(value);
      this.advance(STEP_MS);
    }
    throw new Error(`${state} was not reached, only ${seen.join(', ')}`);
  }

  /** What a worker does at every tick. */
  async watch(): Promise<void> {
    await this.running.app.get(WorkDue, { strict: false }).run();
  }

  /** Ticks as a worker would, every second for so long. */
  async watchFor(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.advance(Math.min(STEP_MS, ms - passed));
      await this.watch();
    }
  }

  async states(id: string): Promise<string[]> {
    const { body } = await this.get(`/v1/connections/${id}/events?limit=200`);
    return (member(body, 'data') as { to: string }[]).map(({ to }) => to);
  }

  /** What the provider has of this user; the provider's name of a user is our id. */
  credentialsOf(userId: string): readonly CredentialsState[] {
    const user = this.tink.state().users.find(({ externalUserId }) => externalUserId === userId);
    return this.tink.state().credentials.filter((each) => each.userId === user?.id);
  }

  /** The provider's only credential of a user. @throws when it has none or several. */
  credentialOf(userId: string): CredentialsState {
    const [only, ...more] = this.credentialsOf(userId);
    if (!only || more.length > 0) throw new Error(`The user has ${more.length + (only ? 1 : 0)} credentials.`);
    return only;
  }

  calls(filter: CallFilter): number {
    return this.tink.calls(filter).length;
  }

  async sql<Row extends object>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      return (await client.query<Row>(text, parameters)).rows;
    } finally {
      await client.end();
    }
  }

  /** How many rows each table has, and how often connections were written. */
  async rowCounts(): Promise<Record<string, number>> {
    const tables = await this.sql<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    const counts = tables.map(({ name }) => `SELECT '${name}' AS what, count(*)::int AS count FROM "${name}"`);
    const writes = `SELECT 'writes of connections', coalesce(sum(version), 0)::int FROM connections`;
    const rows = await this.sql<{ what: string; count: number }>([...counts, writes].join(' UNION ALL '));
    return Object.fromEntries(rows.map(({ what, count }) => [what, count]));
  }

  /** Sets aside what earlier tests left: their logins can be connected again, and nobody watches them. */
  async forget(): Promise<void> {
    await this.sql('UPDATE connections SET fingerprint = NULL, next_watch_at = NULL, next_sync_at = NULL');
    await this.sql('UPDATE users SET deletion_due_at = NULL');
    await this.sql('DELETE FROM connection_creations');
    this.tink.clearFaults();
    this.tink.clearCalls();
  }

  /** Ends this process only. */
  async stop(): Promise<void> {
    await this.running.close();
  }

  async close(): Promise<void> {
    await this.running.close();
    await this.ground.simulator.close();
    await this.ground.database.close();
  }
}

async function startOn(ground: Ground, { env = {} }: SandboxAppOptions): Promise<RunningApp> {
  return startApp({
    clock: ground.clock,
    database: ground.database,
    env: { ...environmentOf(ground), ...env },
  });
}

function environmentOf({ simulator, database, bootstrapKey }: Ground): Record<string, string> {
  return {
    MOORING_ROLE: 'api',
    MOORING_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 9).toString('base64')}`,
    DATABASE_URL: database.url,
    MOORING_BOOTSTRAP_KEY: bootstrapKey,
    TINK_API_URL: simulator.url,
    TINK_LINK_URL: simulator.linkUrl,
    TINK_CLIENT_ID: 'sandbox',
    TINK_CLIENT_SECRET: CLIENT_SECRET,
  };
}

async function call(
  baseUrl: string,
  method: string,
  path: string,
  { body, raw, headers, key }: CallOptions,
): Promise<Answer> {
  const sent = raw ?? (body === undefined ? null : JSON.stringify(body));
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    redirect: 'manual',
    body: sent,
    headers: {
      ...(sent === null ? {} : { 'content-type': 'application/json' }),
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...headers,
    },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, body: parsed(response, bytes), bytes };
}

function parsed(response: Response, bytes: Buffer): unknown {
  const json = response.headers.get('content-type')?.includes('json') === true && bytes.length > 0;
  return json ? JSON.parse(bytes.toString('utf8')) : undefined;
}
