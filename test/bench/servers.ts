import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

export const POSTGRES = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export interface Running {
  readonly url: string;
  /** Milliseconds from the start of the process to its first answered request. */
  readonly firstAnswerMs: number;
  residentMegabytes(): Promise<number>;
  /** Processor seconds that it has used so far. */
  cpuSeconds(): Promise<number>;
  stop(): Promise<void>;
}

/** An empty database for one bench, on the server of `DATABASE_URL`. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `mooring_bench_${randomUUID().slice(0, 8)}`;
  await administer(`CREATE DATABASE ${name}`);
  const url = new URL(POSTGRES);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export const BOOTSTRAP_KEY = randomBytes(32).toString('hex');
/** One for all starts: a database opens only with the keys that it was sealed with. */
export const ENCRYPTION_KEYS = `bench:${randomBytes(32).toString('base64')}`;

/** The flags of `npm start` and of the image. */
const FLAGS = ['--enable-source-maps', '--max-semi-space-size=4'];

/** Mooring as `npm start` runs it, without a build. */
export async function startMooring(env: Record<string, string>): Promise<Running> {
  const settings = {
    MOORING_LOG_LEVEL: 'warn',
    MOORING_ENCRYPTION_KEYS: ENCRYPTION_KEYS,
    MOORING_BOOTSTRAP_KEY: BOOTSTRAP_KEY,
    MOORING_MODE: 'live',
    ...env,
  };
  return start('dist/src/main.js', '/readyz', settings, FLAGS);
}

/** A simulator with the credentials of a state file. */
export async function startSyncSimulator(env: Record<string, string>): Promise<Running> {
  return start('dist/test/bench/sync-simulator.main.js', '/__sim/clock', env);
}

export async function startBare(env: Record<string, string>): Promise<Running> {
  return start('dist/test/bench/bare.main.js', '/ready', env);
}

async function start(
  script: string,
  ready: string,
  env: Record<string, string>,
  flags: readonly string[] = [],
): Promise<Running> {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const began = performance.now();
  const child = spawn(process.execPath, [...flags, join(process.cwd(), script)], {
    env: { PATH: process.env['PATH'] ?? '', PORT: String(port), HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await answered(`${url}${ready}`, child);
  const firstAnswerMs = performance.now() - began;
  return {
    url,
    firstAnswerMs,
    residentMegabytes: () => residentMegabytes(child),
    cpuSeconds: () => cpuSeconds(child.pid ?? 0),
    stop: () => stop(child),
  };
}

async function answered(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 6000; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`The process ended with ${String(child.exitCode)}.`);
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    await pause(5);
  }
  throw new Error(`${url} never answered.`);
}

async function residentMegabytes(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${String(child.pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Linux only: user and system time in hundredths of a second. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  });
}
