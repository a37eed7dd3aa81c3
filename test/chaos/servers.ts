import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BIN = process.env['POSTGRES_BIN'] ?? '/usr/lib/postgresql/15/bin';

export interface Server {
  readonly url: string;
  /** Stopped as an operator stops it, and started after so long. */
  restart(awayMs: number): Promise<void>;
  /** The two halves of a restart. It is back when `up` resolves. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

const pause = async (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

function inHalves(
  halt: () => Promise<unknown>,
  start: () => Promise<unknown>,
): Pick<Server, 'restart' | 'down' | 'up'> {
  return {
    async restart(awayMs) {
      await halt();
      await pause(awayMs);
      await start();
    },
    async down() {
      await halt();
    },
    async up() {
      await start();
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('A port was expected.');
  return address.port;
}

/**
 * A PostgreSQL of our own, owned by the user `postgres`, so that nobody else's work ends with it.
 * @param durable writes reach the disk before they are acknowledged, as in production; it is slower.
 */
export async function ownPostgres({ durable = false } = {}): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'mooring-chaos-'));
  await chmod(directory, 0o777);
  const [data, port] = [join(directory, 'data'), await freePort()];
  const asPostgres = async (...command: string[]) => run('su', ['postgres', '-c', command.join(' ')]);
  await asPostgres(`${BIN}/initdb`, '-D', data, '-A', 'trust', '--no-sync');
  const options = `'-p ${port} -k ${directory} -c listen_addresses=127.0.0.1 -c fsync=${durable ? 'on' : 'off'}'`;
  const start = async () =>
    asPostgres(`${BIN}/pg_ctl`, '-D', data, '-w', '-l', join(data, 'log'), '-o', options, 'start');
  const halt = async () => asPostgres(`${BIN}/pg_ctl`, '-D', data, '-w', '-m', 'immediate', 'stop');
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    ...inHalves(halt, start),
    async stop() {
      await halt();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function ownRedis(): Promise<Server> {
  const port = await freePort();
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const text of child.stdout ?? []) if (String(text).includes('Ready to accept')) break;
  };
  const halt = async (): Promise<void> => {
    // Ctrl-C reaches it too.
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    ...inHalves(halt, start),
    stop: halt,
  };
}
