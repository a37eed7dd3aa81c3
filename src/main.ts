import { Logger } from '@nestjs/common';

import { ConfigError } from './config/config-error.js';
import { loadConfig, type Config } from './config/load-config.js';
import { createApp } from './create-app.js';
import { ForeignKeysError } from './platform/crypto/lookup-key.js';
import { DataDirectoryInUseError } from './platform/database/data-directory-lock.js';
import { isDatabaseUnavailable } from './platform/database/database-errors.js';
import { stopOnSignals } from './platform/server/graceful-shutdown.js';
import { checkRuntime, RuntimeError } from './platform/server/runtime.js';
import { startSandbox, type Sandbox } from './sandbox/sandbox.js';
import { writeSandboxNote } from './sandbox/sandbox-note.js';
import { seedSandbox } from './sandbox/seed/seed.js';
import { welcome } from './sandbox/welcome.js';

async function start(): Promise<void> {
  checkRuntime(process.versions.node);
  const config = loadConfig(process.env, process.stdout.isTTY);
  if (config.server.mode === 'live') {
    await serve(config, null);
    return;
  }
  const sandbox = await startSandbox(config);
  const url = await serve(loadConfig({ ...process.env, ...sandbox.env }, process.stdout.isTTY), sandbox);
  await demonstrate(url, sandbox, config.database.dataDir);
}

async function serve(config: Config, sandbox: Sandbox | null): Promise<string> {
  const app = await createApp(config, sandbox ? { clock: sandbox.clock } : {});
  const logger = new Logger('Mooring');
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'unexpected error, stopping');
    process.exit(1);
  });
  const close = async (): Promise<void> => {
    await app.close();
    await sandbox?.stop();
  };
  stopOnSignals({ close, getHttpServer: () => app.getHttpServer() }, process, (message) => {
    logger.log(message);
  });
  await app.listen(config.server.port, config.server.host);
  const url = await app.getUrl();
  logger.log(`listening on ${url} in ${config.server.mode} mode`);
  return url;
}

/** Seeds through the API and says hello. A sandbox that cannot be seeded still serves. */
async function demonstrate(url: string, sandbox: Sandbox, dataDir: string): Promise<void> {
  const logger = new Logger('Sandbox');
  const { tink, flanks, flinks } = sandbox.simulators;
  const simulators = { tink: tink?.url, flanks: flanks?.url, flinks: flinks?.apiUrl };
  const running = Object.entries(simulators).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const note = { url, simulators: Object.fromEntries(running) };
  try {
    await writeSandboxNote(dataDir, note);
    const seeded = await seedSandbox(url, sandbox, dataDir);
    process.stdout.write(welcome(note, seeded));
    const failed = await seeded.others;
    if (failed.length > 0) logger.warn({ failed }, 'some demo connections could not be made');
  } catch (error) {
    logger.warn({ err: error }, 'the demo data could not be made');
  }
}

/** One plain sentence for what the operator can put right; type and place for the rest. */
function startError(error: unknown): string {
  if (error instanceof RuntimeError) return error.message;
  if (error instanceof ConfigError || error instanceof ForeignKeysError || error instanceof DataDirectoryInUseError)
    return error.message;
  if (!(error instanceof Error)) return 'Mooring could not start.';
  if ('code' in error && error.code === 'EADDRINUSE') return 'Mooring could not start: HOST and PORT are in use.';
  if ('code' in error && error.code === 'EADDRNOTAVAIL') return 'Mooring could not start: HOST is not an address here.';
  if (isDatabaseUnavailable(error)) return 'Mooring could not start: the database of DATABASE_URL does not answer.';
  return `Mooring could not start.\n${error.stack ?? error.message}`;
}

start().catch((error: unknown) => {
  process.stderr.write(`${startError(error)}\n`);
  process.exit(1);
});
