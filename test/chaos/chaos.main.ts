import { parseArgs } from 'node:util';

import { Verdicts } from './verdicts.js';
import { killsDuringSync } from './r1-kills.js';
import { postgresRestarts } from './r2-postgres.js';
import { providerOutage } from './r3-outage.js';
import { wrongLogins } from './r8-wrong-logins.js';
import { runToEnd } from './run-to-end.js';

/** `node dist/test/chaos/chaos.main.js [--only R1,R2] [--kills 100] [--connections 2000] [--outage 90]` */
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    kills: { type: 'string', default: '100' },
    connections: { type: 'string', default: '2000' },
    outage: { type: 'string', default: '90' },
  },
});
const [kills, connections] = [Number(values.kills), Number(values.connections)];

const report = new Verdicts('chaos');
const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  R1: async () => killsDuringSync(report, { kills, connections }),
  R2: async () => postgresRestarts(report),
  R3: async () => providerOutage(report, { seconds: Number(values.outage), connections: 200 }),
  R8: async () => wrongLogins(report),
};
const wanted = values.only?.split(',') ?? Object.keys(scenarios);

await runToEnd(report, 45 * 60_000, async () => {
  for (const name of wanted) {
    const scenario = scenarios[name];
    if (!scenario) throw new RangeError(`There is no ${name}, only ${Object.keys(scenarios).join(', ')}.`);
    await scenario();
  }
});
