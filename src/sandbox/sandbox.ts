import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Config } from '../config/load-config.js';
import { MovableClock } from '../platform/time/clock.js';
import { createFlanksSimulator } from './flanks/flanks-simulator.js';
import type { FlanksSimulator } from './flanks/flanks-simulator.types.js';
import { createFlinksSimulator } from './flinks/flinks-simulator.js';
import type { FlinksSimulator } from './flinks/flinks-simulator.types.js';
import { keptSecret } from './kept-secret.js';
import { createTinkSimulator } from './tink/tink-simulator.js';
import type { TinkSimulator } from './tink/tink-simulator.types.js';

/** `null` = this provider is configured, so the real one is used. */
export interface Simulators {
  readonly tink: TinkSimulator | null;
  readonly flanks: FlanksSimulator | null;
  readonly flinks: FlinksSimulator | null;
}

/** The providers' stand-ins, and what the environment must say so that Mooring talks to them. */
export interface Sandbox {
  /** Added to the environment; nothing else in Mooring knows that the providers are simulated. */
  readonly env: NodeJS.ProcessEnv;
  readonly adminKey: string;
  readonly clock: MovableClock;
  readonly simulators: Simulators;
  stop(): Promise<void>;
}

const CLIENT_ID = 'sandbox';
const CUSTOMER_ID = '5a4db0c5-0000-4000-8000-000000000001';

/** Starts a simulator for each provider that is not configured. Their state survives restarts in the data directory. */
export async function startSandbox(config: Config): Promise<Sandbox> {
  const { dataDir } = config.database;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const clock = new MovableClock();
  const adminKey = config.access.bootstrapKey ?? (await keptSecret(dataDir, 'admin-key'));
  const secret = randomBytes(24).toString('hex');
  const stateFile = (name: string): string => join(dataDir, `simulator-${name}.json`);
  const client = { clock, clientId: CLIENT_ID, clientSecret: secret };
  const webhooksTo = (name: string): WebhookTarget => webhookTarget(config, name, secret);
  const simulators: Simulators = {
    tink: config.tink.client
      ? null
      : await createTinkSimulator({ ...client, ...webhooksTo('tink'), stateFile: stateFile('tink') }),
    flanks: config.flanks.client ? null : await createFlanksSimulator({ ...client, stateFile: stateFile('flanks') }),
    flinks:
      config.flinks.customerId === null
        ? await createFlinksSimulator({
            clock,
            customerId: CUSTOMER_ID,
            secretKey: secret,
            apiKey: secret,
            ...webhooksTo('flinks'),
            stateFile: stateFile('flinks'),
          })
        : null,
  };
  return {
    adminKey,
    clock,
    env: { MOORING_MODE: 'sandbox', MOORING_BOOTSTRAP_KEY: adminKey, ...environment(simulators, secret) },
    simulators,
    stop: async () => {
      await Promise.all([simulators.tink?.close(), simulators.flanks?.close(), simulators.flinks?.close()]);
    },
  };
}

interface WebhookTarget {
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
}

/** Where a simulator sends its webhooks. Without a fixed port it cannot know. */
function webhookTarget({ server }: Config, provider: string, webhookSecret: string): WebhookTarget {
  return server.port === 0 ? {} : { webhookUrl: `${server.publicUrl}/webhooks/${provider}`, webhookSecret };
}

function environment({ tink, flanks, flinks }: Simulators, secret: string): NodeJS.ProcessEnv {
  return {
    ...(tink && {
      TINK_API_URL: tink.url,
      TINK_LINK_URL: tink.linkUrl,
      TINK_CLIENT_ID: CLIENT_ID,
      TINK_CLIENT_SECRET: secret,
      TINK_WEBHOOK_SECRET: secret,
    }),
    ...(flanks && {
      FLANKS_API_URL: flanks.url,
      FLANKS_PLATFORM_URL: flanks.platformUrl,
      FLANKS_CLIENT_ID: CLIENT_ID,
      FLANKS_CLIENT_SECRET: secret,
    }),
    ...(flinks && {
      FLINKS_API_URL: flinks.apiUrl,
      FLINKS_CONNECT_URL: flinks.connectUrl,
      FLINKS_CUSTOMER_ID: CUSTOMER_ID,
      FLINKS_SECRET_KEY: secret,
      FLINKS_API_KEY: secret,
      FLINKS_WEBHOOK_SECRET: secret,
    }),
  };
}
