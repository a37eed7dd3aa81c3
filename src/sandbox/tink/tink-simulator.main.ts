import { parseArgs } from 'node:util';
import { MovableClock } from '../../platform/time/clock.js';
import { createTinkSimulator } from './tink-simulator.js';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '4001' },
    'client-id': { type: 'string', default: 'sandbox-client' },
    'client-secret': { type: 'string', default: 'sandbox-secret' },
    'state-file': { type: 'string' },
    'step-ms': { type: 'string', default: '1000' },
  },
});

const simulator = await createTinkSimulator({
  clock: new MovableClock(),
  clientId: values['client-id'],
  clientSecret: values['client-secret'],
  host: values.host,
  port: Number(values.port),
  stepMs: Number(values['step-ms']),
  stateFile: values['state-file'] ?? null,
});

const stop = (): void => {
  simulator.close().catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
};

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.stdout.write(`${JSON.stringify({ url: simulator.url })}\n`);
