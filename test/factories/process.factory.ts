import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = ['src', 'migrations'];

/** A Mooring in a process of its own, which can be killed at any moment. */
export class MooringProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly dataDir: string,
    /** Without a trailing slash. */
    readonly baseUrl: string,
  ) {}

  /** @param env over nothing: the environment of the tests is not passed on. */
  static async start(env: Readonly<Record<string, string>>): Promise<MooringProcess> {
    const main = join(await built(), 'src', 'main.js');
    const dataDir = await mkdtemp(join(tmpdir(), 'mooring-process-'));
    const child = spawn(process.execPath, [main], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], PORT: '0', MOORING_MODE: 'live', MOORING_DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new MooringProcess(child, dataDir, await addressOf(child));
  }

  /** As an orchestrator does it. @returns the exit code. */
  async stop(): Promise<number | null> {
    const gone = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill('SIGTERM');
    const [code] = await gone;
    return code;
  }

  /** As `kill -9` does: the process learns nothing of it. */
  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await gone;
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** The address from the log. @throws Error with what the process wrote when it ends instead. */
async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stdout || !child.stderr) throw new TypeError('The process must be piped.');
  const written: string[] = [];
  child.stderr.on('data', (text: Buffer) => written.push(text.toString()));
  const lines = createInterface(child.stdout);
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      written.push(line);
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
      if (line.includes('listening on') && address !== undefined) resolve(address);
    });
    child.once('exit', () => {
      reject(new Error(`Mooring did not start.\n${written.join('\n')}`));
    });
  });
}

let building: Promise<string> | undefined;

/** The compiled sources, made once for each state of them, apart from `dist`, where somebody may be building. */
async function built(): Promise<string> {
  building ??= build();
  return building;
}

async function build(): Promise<string> {
  const target = join(ROOT, 'test', '.cache', `build-${await stateOfSources()}`);
  if (await exists(target)) return target;
  await mkdir(join(ROOT, 'test', '.cache'), { recursive: true });
  const unfinished = join(ROOT, 'test', '.cache', `new-${randomUUID()}`);
  const swc = join(ROOT, 'node_modules', '@swc', 'cli', 'bin', 'swc.js');
  const config = ['--config-file', join(ROOT, '.swcrc'), '--ignore', '**/*.spec.ts'];
  const compiler = spawn(process.execPath, [swc, ...SOURCES, '--out-dir', unfinished, ...config], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(compiler, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The sources could not be compiled.');
  // Another worker may have been faster; its build is as good.
  await rename(unfinished, target).catch(() => rm(unfinished, { recursive: true, force: true }));
  return target;
}

async function stateOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const name of (await readdir(join(ROOT, source), { recursive: true })).sort()) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
      hash.update(`${name} ${(await stat(join(ROOT, source, name))).mtimeMs}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
