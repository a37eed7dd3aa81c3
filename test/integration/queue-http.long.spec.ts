import { randomBytes } from 'node:crypto';

import { SCOPES } from '../../src/access/scope.js';
import { JobQueue } from '../../src/platform/queue/job-queue.js';
import { JobWorkers } from '../../src/platform/queue/job-workers.js';
import { TaskRegistry } from '../../src/sync/tasks/task-registry.js';
import { TaskRunner } from '../../src/sync/tasks/task-runner.js';
import { startApp, type RunningApp } from '../factories/app.factory.js';
import { PLAIN } from './queue-world.js';

const KEY = `mk_bootstrap${randomBytes(4).toString('hex')}_${randomBytes(24).toString('hex')}`;
const KIND = { ...PLAIN, name: 'test.http', retryLimit: 0 };

let app: RunningApp;
let broken = true;
let runs = 0;

async function call(method: string, path: string, body?: unknown, key = KEY) {
  const response = await fetch(`${app.baseUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function inside<T>(part: abstract new (...values: never[]) => T): T {
  return app.app.get<T>(part, { strict: false });
}

async function audited(action: string): Promise<unknown[]> {
  const { body } = await call('GET', '/admin/audit?limit=200');
  return (body['data'] as { action: string; subject: string; detail: object }[])
    .filter((entry) => entry.action === action)
    .map(({ subject, detail }) => ({ subject, detail }));
}

beforeAll(async () => {
  app = await startApp({ env: { MOORING_ROLE: 'api', MOORING_BOOTSTRAP_KEY: KEY } });
  inside(JobWorkers).handle(KIND, async () => (broken ? Promise.reject(new TypeError('no luck')) : Promise.resolve()), {
    concurrency: 2,
  });
  const task = { name: 'test-task', everyMs: 3_600_000, leaseMs: 1_000 };
  inside(TaskRegistry).add({ ...task, run: async () => Promise.resolve(`run ${++runs}`) });
  await inside(TaskRunner).onApplicationBootstrap();
});

afterAll(async () => {
  await app.close();
});

describe('jobs', () => {
  it('are counted, listed when dead, and given back', async () => {
    await inside(JobQueue).sendMany(
      KIND,
      [1, 2, 3].map((n) => ({ data: { n } })),
    );
    const before = await call('GET', '/admin/jobs');
    const queue = {
      queue: KIND.name,
      waiting: 3,
      active: 0,
      failed: 0,
      dead: 0,
      oldestSeconds: expect.any(Number) as number,
    };
    expect(before.body['data']).toContainEqual(queue);
    await inside(JobWorkers).workOff();

    const first = await call('GET', `/admin/jobs/dead?queue=${KIND.name}&limit=2`);
    const second = await call('GET', `/admin/jobs/dead?limit=2&cursor=${String(first.body['nextCursor'])}`);
    const letters = [first, second].flatMap(({ body }) => body['data'] as { id: string; data: object }[]);
    expect(letters).toHaveLength(3);
    expect(letters[0]).toMatchObject({
      queue: KIND.name,
      attempts: 1,
      error: 'TypeError: no luck',
      at: expect.any(String) as string,
    });
    expect(letters.map(({ data }) => data)).toEqual(expect.arrayContaining([{ n: 1 }, { n: 2 }, { n: 3 }]));

    broken = false;
    const ids = [letters[0]?.id];
    expect((await call('POST', '/admin/jobs/dead/redrive', { ids })).body).toEqual({ moved: 1 });
    expect((await call('POST', '/admin/jobs/dead/redrive', { queue: KIND.name, limit: 1 })).body).toEqual({ moved: 1 });
    expect((await call('POST', '/admin/jobs/dead/redrive', {})).body).toEqual({ moved: 1 });
    expect(await inside(JobWorkers).workOff()).toEqual({ done: 3, failed: 0 });
    expect(await audited('jobs.redriven')).toEqual([
      { subject: 'queue:all', detail: { moved: 1 } },
      { subject: `queue:${KIND.name}`, detail: { moved: 1 } },
      { subject: 'queue:all', detail: { moved: 1 } },
    ]);
  });

  it.each([
    ['POST', '/admin/jobs/dead/redrive', { ids: ['1'] }, 400],
    ['POST', '/admin/jobs/dead/redrive', { ids: [] }, 400],
    ['POST', '/admin/jobs/dead/redrive', { limit: 0 }, 400],
    ['POST', '/admin/jobs/dead/redrive', { queue: "a'; DROP" }, 400],
    ['POST', '/admin/jobs/dead/redrive', { queue: 'nobody' }, 404],
    ['GET', '/admin/jobs/dead?queue=nobody', undefined, 404],
    ['GET', '/admin/jobs/dead?cursor=MTph', undefined, 400],
  ])('%s %s %j is refused', async (method, path, body, status) => {
    expect((await call(method, path, body)).status).toBe(status);
  });

  it('are in the metrics, and the queue is in the readiness', async () => {
    const metrics = await (await fetch(`${app.baseUrl}/metrics`)).text();
    expect(metrics).toContain(`mooring_jobs_total{queue="${KIND.name}",outcome="done"} 3`);
    expect(metrics).toContain(`mooring_jobs_total{queue="${KIND.name}",outcome="failed"} 3`);
    expect(metrics).toContain(`mooring_queue_depth{queue="${KIND.name}"} 0`);
    expect(metrics).toContain(`mooring_jobs_lag_seconds{queue="${KIND.name}"} 0`);
    expect(await (await fetch(`${app.baseUrl}/readyz`)).text()).toContain('"queue"');
  });
});

describe('tasks', () => {
  it('are listed, changed and run', async () => {
    const { body } = await call('GET', '/admin/tasks');
    const names = (body['data'] as { name: string }[]).map(({ name }) => name);
    expect(names).toContain('test-task');

    const changed = await call('PATCH', '/admin/tasks/test-task', { enabled: false, everyMs: 60_000 });
    expect(changed).toMatchObject({ status: 200, body: { enabled: false, everyMs: 60_000, running: false } });
    await inside(TaskRunner).tick();
    expect(runs).toBe(0);

    const asked = await call('POST', '/admin/tasks/test-task/run');
    expect(asked).toMatchObject({ status: 202, body: { runRequestedAt: expect.any(String) as string } });
    await inside(TaskRunner).tick();
    expect(runs).toBe(1);
    const after = await call('GET', '/admin/tasks?limit=200');
    expect(after.body['data']).toContainEqual(
      expect.objectContaining({ name: 'test-task', lastResult: 'run 1', runRequestedAt: null, running: false }),
    );
    const subject = 'task:test-task';
    expect(await audited('task.changed')).toEqual([{ subject, detail: { enabled: false, everyMs: 60_000 } }]);
    expect(await audited('task.run_requested')).toEqual([{ subject, detail: {} }]);
  });

  it.each([
    ['PATCH', '/admin/tasks/nothing', { enabled: true }, 404, 'task.not_found'],
    ['POST', '/admin/tasks/nothing/run', undefined, 404, 'task.not_found'],
    ['PATCH', '/admin/tasks/test-task', {}, 400, 'request.invalid'],
    ['PATCH', '/admin/tasks/test-task', { enabled: null }, 400, 'request.invalid'],
    ['PATCH', '/admin/tasks/test-task', { enabled: 'yes' }, 400, 'request.invalid'],
    ['PATCH', '/admin/tasks/test-task', { everyMs: 499 }, 400, 'request.invalid'],
    ['PATCH', '/admin/tasks/test-task', { everyMs: null }, 400, 'request.invalid'],
    ['PATCH', '/admin/tasks/test-task', { everyMs: 1e12 }, 400, 'request.invalid'],
  ])('%s %s %j is refused', async (method, path, body, status, code) => {
    expect(await call(method, path, body)).toMatchObject({ status, body: { code } });
    expect(await audited('task.changed')).toHaveLength(1);
  });
});

it('are for operators only', async () => {
  const { body } = await call('POST', '/admin/clients', {
    name: 'reader',
    scopes: SCOPES.filter((scope) => scope !== 'admin'),
  });
  for (const path of ['/admin/jobs', '/admin/jobs/dead', '/admin/tasks']) {
    expect((await call('GET', path, undefined, String(body['key']))).status).toBe(403);
  }
});
