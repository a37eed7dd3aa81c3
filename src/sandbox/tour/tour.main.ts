import { DEMO_KEY_FILE } from '../demo-client.js';
import { readSecret } from '../kept-secret.js';
import { member, RestClient, textAt } from '../rest-client.js';
import { readSandboxNote } from '../sandbox-note.js';
import { walkHostedPages } from '../flanks/hosted-visitor.js';
import { playTour } from './tour.js';
import { TourError } from './tour-steps.js';

const dataDir = process.env['MOORING_DATA_DIR'] ?? '.mooring';

/** The tour plays against a running sandbox: `npm start` first. */
async function main(): Promise<void> {
  const note = await readSandboxNote(dataDir).catch(() => null);
  const key = process.env['MOORING_KEY'] ?? (await readSecret(dataDir, DEMO_KEY_FILE));
  if (!note || key === null) throw new Error('No sandbox was started here. Run `npm start` in another terminal first.');
  const simulator = new RestClient(note.simulators['tink'] ?? '', 'none');
  await playTour({
    api: new RestClient(process.env['MOORING_URL'] ?? note.url, key),
    confirmInApp: () => confirmInApp(simulator),
    visit,
    print: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write('The tour is complete.\n');
}

async function visit(url: string): Promise<URL> {
  const { location } = await walkHostedPages(url, { username: `tour-${String(process.pid)}` });
  if (!location) throw new TourError("The provider's page did not send the user back.");
  return location;
}

/** Other demo connections may wait too; the latest is the tour's. */
async function confirmInApp(simulator: RestClient): Promise<void> {
  const { body } = await simulator.call('GET', '/__sim/state');
  const credentials = member(body, 'credentials');
  const waiting = (Array.isArray(credentials) ? credentials : []).findLast(
    (each: unknown) => member(each, 'status') === 'AWAITING_MOBILE_BANKID_AUTHENTICATION',
  ) as unknown;
  await simulator.call('POST', `/__sim/credentials/${textAt(waiting, 'id')}/approve`, {});
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'The tour failed.'}\n`);
  process.exitCode = 1;
});
