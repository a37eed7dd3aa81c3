import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { loadConfig } from '../../src/config/load-config.js';
import { createApp, type AppOverrides } from '../../src/create-app.js';
import { testDatabase, type TestDatabase } from './database.factory.js';

export interface RunningApp {
  readonly app: NestFastifyApplication;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly databaseUrl: string;
  /** Every log line so far, parsed. */
  logs(): Record<string, unknown>[];
  /** Every log line so far, as written. */
  logText(): string;
  close(): Promise<void>;
}

export interface StartAppOptions extends Omit<AppOverrides, 'logStream'> {
  /** Over the defaults: live mode, a fixed key, a free port, level `debug`, a database of its own. */
  readonly env?: Record<string, string>;
  /** Shared by several applications; the caller closes it. */
  readonly database?: TestDatabase;
}

const TEST_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;

/** The real application on a free port of this machine. */
export async function startApp({ env = {}, database, ...overrides }: StartAppOptions = {}): Promise<RunningApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mooring-app-'));
  const ownDatabase = database || 'DATABASE_URL' in env ? null : await testDatabase();
  const lines: string[] = [];
  const config = loadConfig({
    PORT: '0',
    MOORING_MODE: 'live',
    MOORING_DATA_DIR: dataDir,
    MOORING_ENCRYPTION_KEYS: TEST_KEYS,
    MOORING_LOG_LEVEL: 'debug',
    DATABASE_URL: (database ?? ownDatabase)?.url,
    ...env,
  });
  const app = await createApp(config, { ...overrides, logStream: { write: (line) => void lines.push(line) } });
  await app.listen(0, '127.0.0.1');
  return {
    app,
    baseUrl: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    databaseUrl: config.database.url ?? '',
    logs: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    logText: () => lines.join(''),
    async close() {
      await app.close();
      await ownDatabase?.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
