import { ConfigError } from './config/config-error.js';
import { loadConfig } from './config/load-config.js';
import { createApp } from './create-app.js';

async function start(): Promise<void> {
  const config = loadConfig(process.env, process.stdout.isTTY);
  const app = await createApp(config);
  await app.listen(config.server.port, config.server.host);
}

start().catch((error: unknown) => {
  const text = error instanceof ConfigError ? error.message : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
