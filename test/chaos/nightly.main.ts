import { parseArgs } from 'node:util';

import { nightly } from './nightly.js';
import { runToEnd } from './run-to-end.js';
import { Verdicts } from './verdicts.js';

/** `node dist/test/chaos/nightly.main.js [--connections 20000]` */
const { values } = parseArgs({ options: { connections: { type: 'string', default: '20000' } } });
const connections = Number(values.connections);
const small = connections <= 2_000;

const report = new Verdicts('nightly');
await runToEnd(report, small ? 10 * 60_000 : 90 * 60_000, async () =>
  nightly(report, {
    connections,
    everyMs: small ? 60_000 : 10 * 60_000,
    seconds: small ? 30 : 300,
    outageSeconds: small ? 15 : 60,
    patienceMs: small ? 110_000 : 45 * 60_000,
  }),
);
