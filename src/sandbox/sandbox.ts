import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Config } from '../config/load-config.js';
import { MovableClock } from '../platform/time/clock.js';
import { keptSecret } from './kept-secret.js';
import { createTinkSimulator } from './tink/tink-simulator.js';

/** The providers' stand-ins, and what the environment must say so that Mooring talks to them. */
export interface Sandbox {
  /** Added to the environment; nothing else in Mooring knows that the providers are simulated. */
  readonly env: NodeJS.ProcessEnv;
  readonly adminKey: string;
  readonly clock: MovableClock;
  readonly simulators: readonly { readonly name: string; readonly url: string }[];
  stop(): Promise<void>;
}

/** Starts a simulator for each provider that is not configured. Their state survives restarts in the data directory. */
export async function startSandbox(config: Config): Promise<Sandbox> {
  const { dataDir } = config.database;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const clock = new MovableClock();
  const adminKey = config.access.bootstrapKey ?? (await keptSecret(dataDir, 'admin-key'));
  const clientSecret = randomBytes(24).toString('hex');
  const clientId = 'sandbox';
  const tink =
    config.tink.client === null
      ? await createTinkSimulator({ clock, clientId, clientSecret, stateFile: join(dataDir, 'simulator-tink.json') })
      : null;
  return {
    adminKey,
    clock,
    env: {
      MOORING_MODE: 'sandbox',
      MOORING_BOOTSTRAP_KEY: adminKey,
      ...(tink && { TINK_API_URL: tink.url, TINK_CLIENT_ID: clientId, TINK_CLIENT_SECRET: clientSecret }),
    },
    simulators: tink ? [{ name: 'Tink', url: tink.url }] : [],
    stop: async () => {
      await tink?.close();
    },
  };
}
