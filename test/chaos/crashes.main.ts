import { randomBytes } from 'node:crypto';

import { SCOPES } from '../../src/access/scope.js';
import { findings } from './findings.js';
import { Load } from './load.js';
import { Mooring } from './mooring.js';
import { ownPostgres, ownRedis } from './servers.js';
import { simulators } from './simulators.js';

/**
 * Three processes on one PostgreSQL and Redis of their own, killed at random under load, while the providers fail in
 * every way and the servers restart. Then calm, and a look whether anything is half, stuck, double or lost.
 *
 * `node dist/test/chaos/crashes.main.js [seconds of trouble] [seconds of calm]`
 */
const [TROUBLE_S = 90, CALM_S = 150] = process.argv.slice(2).map(Number);
const PUBLIC_URL = 'https://mooring.example';
const CUSTOMERS = 8;

const say = (line: string, facts?: unknown): void => {
  process.stdout.write(`${line}${facts === undefined ? '' : ` ${JSON.stringify(facts)}`}\n`);
};
const pause = async (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const [postgres, redis, providers] = [await ownPostgres(), await ownRedis(), await simulators()];
const bootstrapKey = `mk_bootstrap${randomBytes(4).toString('hex')}_${randomBytes(24).toString('hex')}`;
const env = {
  MOORING_LOG_LEVEL: 'info',
  MOORING_ENCRYPTION_KEYS: `chaos:${Buffer.alloc(32, 5).toString('base64')}`,
  MOORING_BOOTSTRAP_KEY: bootstrapKey,
  MOORING_PUBLIC_URL: PUBLIC_URL,
  DATABASE_URL: postgres.url,
  REDIS_URL: redis.url,
  ...providers.env,
  MOORING_MODE: 'live',
};
const processes = await Promise.all(
  ['all', 'all', 'api'].map(async (role) => Mooring.on({ ...env, MOORING_ROLE: role })),
);
say('three processes start at once on an empty database, and one is killed in the first migration', postgres.url);
const victim = processes[2];
const starting = processes.map(async (each) => each.start());
await pause(700);
await victim?.kill();
say('ready after ms', (await Promise.all(starting)).map(Math.round));
await victim?.start();

const key = await (async () => {
  const answer = await fetch(`${processes[0]?.url ?? ''}/admin/clients`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bootstrapKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'chaos', scopes: [...SCOPES] }),
  });
  return ((await answer.json()) as { key: string }).key;
})();
const load = new Load(
  processes.map(({ url }) => url),
  key,
  PUBLIC_URL,
);
const customers = load.run(CUSTOMERS);
const until = performance.now() + TROUBLE_S * 1000;
let kills = 0;
const killing = (async () => {
  while (performance.now() < until) {
    await pause(1_500 + Math.random() * 4_000);
    const one = processes[Math.floor(Math.random() * processes.length)];
    await one?.kill();
    kills += 1;
    await one?.start();
  }
})();
const troubling = (async () => {
  while (performance.now() < until) {
    providers.trouble();
    await pause(400 + Math.random() * 800);
  }
})();
for (const server of [postgres, redis, postgres, redis]) {
  await pause((TROUBLE_S * 1000) / 5);
  const name = server === postgres ? 'PostgreSQL' : 'Redis';
  const away = server.restart(3_000);
  await pause(1_500);
  say(`${name} away:`, await Promise.all(processes.map(async (each) => each.readiness())));
  await away;
  const back = performance.now();
  await Promise.race(
    processes.map(async (each) => {
      while (!(await each.isReady())) await pause(50);
    }),
  );
  say(`${name} back, first process ready after ms`, Math.round(performance.now() - back));
}
await Promise.all([killing, troubling]);
load.stop();
providers.calm();
await customers;
say(`trouble is over: ${kills} kills; calm for ${CALM_S} s; memory in MB`, await memory());
providers.clearCalls();
for (let second = 0; second < CALM_S; second += 30) {
  await pause(30_000);
  say('memory in MB', await memory());
}
say('calls while nobody asked (tink, flanks, flinks)', providers.calls({}));
say('attempts at banks while nobody asked', providers.calls({ path: '/(refresh|authenticate|AuthorizeMultiple)$' }));
const { found, states, visits } = await findings(
  postgres.url,
  providers,
  load,
  processes.map(({ url }) => url),
);
say('connections', states);
say('visits', visits);
say('answers', Object.fromEntries([...load.outcomes].sort()));
for (const each of processes)
  say('log', Object.fromEntries([...each.logLines].sort((a, b) => b[1] - a[1]).slice(0, 25)));
say('graceful end after ms', await Promise.all(processes.map(async (each) => Math.round(await each.stop()))));
say(found.length === 0 ? 'NOTHING FOUND' : `FOUND ${found.length}`);
for (const line of found) say(`- ${line}`);
await providers.close();
await Promise.all([postgres.stop(), redis.stop()]);
process.exit(found.length === 0 ? 0 : 1);

async function memory(): Promise<number[]> {
  return Promise.all(processes.map(async (each) => each.residentMegabytes()));
}
