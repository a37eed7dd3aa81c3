import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import autocannon from 'autocannon';

const run = promisify(execFile);

export interface Load {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p99: number;
}

export interface Target {
  readonly url: string;
  readonly key?: string;
  /** Asked in turn instead of the path of `url`, so that no two requests at once are for the same thing. */
  readonly paths?: readonly string[];
}

const CONNECTIONS = 32;

/** wrk where it is installed: autocannon would be the bottleneck beside a bare server on two cores. */
export async function loadTool(): Promise<'wrk' | 'autocannon'> {
  return run('wrk', ['--version']).then(
    () => 'wrk' as const,
    (error: unknown) => ((error as { code?: unknown }).code === 'ENOENT' ? 'autocannon' : 'wrk'),
  );
}

/** Asks one address over 32 connections. @throws when an answer is not 200. */
export async function load(tool: 'wrk' | 'autocannon', target: Target, seconds: number): Promise<Load> {
  const before = await fetch(target.url, { headers: headersOf(target) });
  if (before.status !== 200) throw new Error(`${target.url} answers ${String(before.status)}.`);
  await before.arrayBuffer();
  return tool === 'wrk' ? withWrk(target, seconds) : withAutocannon(target, seconds);
}

async function withWrk(target: Target, seconds: number): Promise<Load> {
  const script = target.paths ? await luaScript(target.paths) : [];
  const headers = Object.entries(headersOf(target)).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const size = ['-t1', `-c${String(CONNECTIONS)}`, `-d${String(seconds)}s`, '--latency'];
  const { stdout } = await run('wrk', [...size, ...script, ...headers, target.url]);
  if (stdout.includes('Non-2xx')) throw new Error(`${target.url} did not answer 200 under load.`);
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1];
  const p99 = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout);
  const unit = { us: 0.001, ms: 1, s: 1000 }[p99?.[2] ?? 'ms'] ?? 1;
  return { requestsPerSecond: Number(rate), p99: Number(p99?.[1]) * unit };
}

async function luaScript(paths: readonly string[]): Promise<string[]> {
  const file = join(await mkdtemp(join(tmpdir(), 'mooring-wrk-')), 'paths.lua');
  const list = paths.map((path) => `"${path}"`).join(',');
  await writeFile(
    file,
    `local paths = {${list}}\nlocal turn = 0\nfunction request()\n  turn = turn % #paths + 1\n  return wrk.format(nil, paths[turn])\nend\n`,
  );
  return ['-s', file];
}

async function withAutocannon(target: Target, seconds: number): Promise<Load> {
  const result = await autocannon({
    url: target.url,
    connections: CONNECTIONS,
    duration: seconds,
    headers: headersOf(target),
    ...(target.paths ? { requests: target.paths.map((path) => ({ path })) } : {}),
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${target.url} did not answer 200 under load.`);
  return { requestsPerSecond: result.requests.average, p99: result.latency.p99 };
}

function headersOf(target: Target): Record<string, string> {
  return target.key === undefined ? {} : { authorization: `Bearer ${target.key}` };
}

/** Runs the two in turns, so that what else the machine does meets both. Gives the medians. */
export async function compare(
  tool: 'wrk' | 'autocannon',
  ours: Target,
  bare: Target,
  { rounds = 3, seconds = 5 } = {},
): Promise<{ ours: Load; bare: Load }> {
  const results: { ours: Load[]; bare: Load[] } = { ours: [], bare: [] };
  await load(tool, ours, 3);
  await load(tool, bare, 3);
  for (let turn = 0; turn < rounds; turn += 1) {
    results.bare.push(await load(tool, bare, seconds));
    results.ours.push(await load(tool, ours, seconds));
  }
  return { ours: middle(results.ours), bare: middle(results.bare) };
}

function middle(loads: readonly Load[]): Load {
  return { requestsPerSecond: median(loads.map((l) => l.requestsPerSecond)), p99: median(loads.map((l) => l.p99)) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
