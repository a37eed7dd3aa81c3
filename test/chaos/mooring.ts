import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { freePort } from './servers.js';

const MAIN = join(process.cwd(), 'dist', 'src', 'main.js');

/** One process of Mooring on a port of its own, killed and started again at will. */
export class Mooring {
  private child: ChildProcess | null = null;
  private dataDir = '';
  readonly logLines = new Map<string, number>();

  private constructor(
    readonly url: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async on(env: Readonly<Record<string, string>>): Promise<Mooring> {
    const port = await freePort();
    return new Mooring(`http://127.0.0.1:${port}`, { ...env, PORT: String(port) });
  }

  /** @returns milliseconds until it was ready. @throws when it ends instead */
  async start(): Promise<number> {
    const began = performance.now();
    this.dataDir = await mkdtemp(join(tmpdir(), 'mooring-chaos-data-'));
    const env = { PATH: process.env['PATH'], MOORING_DATA_DIR: this.dataDir, ...this.env };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    createInterface(child.stdout).on('line', (line) => {
      this.note(line);
    });
    while (!(await this.isReady())) {
      if (child.exitCode !== null) throw new Error('Mooring ended instead of starting.');
      if (child.signalCode !== null) return -1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return performance.now() - began;
  }

  async isReady(): Promise<boolean> {
    return (await this.readiness()).status === 200;
  }

  async readiness(): Promise<{ status: number; retryAfter: string | null }> {
    try {
      const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(4_000) });
      return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
    } catch {
      return { status: 0, retryAfter: null };
    }
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** @returns milliseconds until it had ended. */
  async stop(): Promise<number> {
    const began = performance.now();
    await this.end('SIGTERM');
    return performance.now() - began;
  }

  async residentMegabytes(): Promise<number> {
    const status = await readFile(`/proc/${this.child?.pid ?? 0}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child?.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private note(line: string): void {
    const { level, msg, context, err } = parsed(line);
    const cause = level === 'error' && isRecord(err) ? [err['type'], err['code'], err['message']] : [];
    const key = JSON.stringify([level, context, msg, ...cause]).slice(0, 300);
    if (this.logLines.size < 500 || this.logLines.has(key)) this.logLines.set(key, (this.logLines.get(key) ?? 0) + 1);
  }
}

function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { msg: line };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
