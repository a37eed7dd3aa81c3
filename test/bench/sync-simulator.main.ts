import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlanksSimulator } from '../../src/sandbox/flanks/flanks-simulator.js';
import { createFlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.js';
import { StateFile } from '../../src/sandbox/simulator/state-file.js';
import { stopOnSignal } from '../../src/sandbox/simulator/stand-alone.js';
import { createTinkSimulator } from '../../src/sandbox/tink/tink-simulator.js';

/**
 * One simulator that begins with the thousands of credentials of a state file and never writes it: a write of all of
 * them after every call would be what is measured. Started by `sync.main.ts`.
 */
StateFile.prototype.save = async () => Promise.resolve();

const { PROVIDER = '', PORT, STATE_FILE = '', CLIENT_ID = '', SECRET = '', CUSTOMER = '' } = process.env;
const shared = { clock: new MovableClock(), port: Number(PORT), stateFile: STATE_FILE, stepMs: 1 };
const client = { clientId: CLIENT_ID, clientSecret: SECRET };

async function start(): Promise<{ close(): Promise<void> }> {
  if (PROVIDER === 'tink') return createTinkSimulator({ ...shared, ...client });
  if (PROVIDER === 'flanks') return createFlanksSimulator({ ...shared, ...client });
  return createFlinksSimulator({ ...shared, customerId: CUSTOMER, secretKey: SECRET, apiKey: SECRET });
}

stopOnSignal(await start());
