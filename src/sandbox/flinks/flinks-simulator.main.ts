import { parseArgs } from 'node:util';
import { MovableClock } from '../../platform/time/clock.js';
import { stopOnSignal } from '../simulator/stand-alone.js';
import { createFlinksSimulator } from './flinks-simulator.js';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '4003' },
    'customer-id': { type: 'string', default: '00000000-0000-4000-8000-0000000000c0' },
    'secret-key': { type: 'string' },
    'api-key': { type: 'string' },
    instance: { type: 'string', default: 'toolbox' },
    'state-file': { type: 'string' },
    'webhook-url': { type: 'string' },
    'webhook-secret': { type: 'string' },
    'step-ms': { type: 'string', default: '1000' },
  },
});

const simulator = await createFlinksSimulator({
  clock: new MovableClock(),
  customerId: values['customer-id'],
  ...(values['secret-key'] !== undefined && { secretKey: values['secret-key'] }),
  ...(values['api-key'] !== undefined && { apiKey: values['api-key'] }),
  ...(values['webhook-url'] !== undefined && { webhookUrl: values['webhook-url'] }),
  ...(values['webhook-secret'] !== undefined && { webhookSecret: values['webhook-secret'] }),
  instance: values.instance,
  host: values.host,
  port: Number(values.port),
  stepMs: Number(values['step-ms']),
  stateFile: values['state-file'] ?? null,
});

stopOnSignal(simulator);
process.stdout.write(`${JSON.stringify({ apiUrl: simulator.apiUrl, connectUrl: simulator.connectUrl })}\n`);
