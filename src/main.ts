import { Logger } from '@nestjs/common';

import { ConfigError } from './config/config-error.js';
import { loadConfig } from './config/load-config.js';
import { createApp } from './create-app.js';
import { DataDirectoryInUseError } from './platform/database/data-directory-lock.js';
import { isDatabaseUnavailable } from './platform/database/database-errors.js';
import { stopOnSignals } from './platform/server/graceful-shutdown.js';

async function start(): Promise<void> {
  const config = loadConfig(process.env, process.stdout.isTTY);
  const app = await createApp(config);
  const logger = new Logger('Mooring');
  stopOnSignals(app, process, (message) => {
    logger.log(message);
  });
  await app.listen(config.server.port, config.server.host);
  logger.log(`listening on ${await app.getUrl()} in ${config.server.mode} mode`);
}

/** One plain sentence for what the operator can put right; type and place for the rest. */
function startError(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DataDirectoryInUseError) return error.message;
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
