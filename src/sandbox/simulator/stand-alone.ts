import { parseArgs } from 'node:util';
import { MovableClock } from '../../platform/time/clock.js';

export interface StandAloneOptions {
  readonly clock: MovableClock;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly host: string;
  readonly port: number;
  readonly stateFile: string | null;
  readonly stepMs: number;
}

interface Running {
  readonly url: string;
  close(): Promise<void>;
}

interface Defaults {
  readonly port: number;
  readonly stepMs: number;
}

/** Runs one simulator with the options of the command line until a signal comes. It prints its address. */
export async function runStandAlone(
  { port, stepMs }: Defaults,
  start: (options: StandAloneOptions) => Promise<Running>,
): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: String(port) },
      'client-id': { type: 'string', default: 'sandbox-client' },
      'client-secret': { type: 'string', default: 'sandbox-secret' },
      'state-file': { type: 'string' },
      'step-ms': { type: 'string', default: String(stepMs) },
    },
  });
  const simulator = await start({
    clock: new MovableClock(),
    clientId: values['client-id'],
    clientSecret: values['client-secret'],
    host: values.host,
    port: Number(values.port),
    stepMs: Number(values['step-ms']),
    stateFile: values['state-file'] ?? null,
  });
  stopOnSignal(simulator);
  process.stdout.write(`${JSON.stringify({ url: simulator.url })}\n`);
}

/** Closes at the first signal to stop. */
export function stopOnSignal(simulator: Pick<Running, 'close'>): void {
  const stop = (): void => {
    simulator.close().catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
