import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadConfig } from '../../src/config/load-config.js';
import { walkHostedPages } from '../../src/sandbox/flanks/hosted-visitor.js';
import { member, RestClient } from '../../src/sandbox/rest-client.js';
import { readSandboxNote, writeSandboxNote } from '../../src/sandbox/sandbox-note.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { SCENARIOS } from '../../src/sandbox/seed/scenarios.js';
import { seedSandbox, type Seeded } from '../../src/sandbox/seed/seed.js';
import { playTour } from '../../src/sandbox/tour/tour.js';
import { welcome } from '../../src/sandbox/welcome.js';
import { startApp, type RunningApp } from '../factories/app.factory.js';

/** Sandbox time passes this much faster, so that nobody waits for it. */
const FASTER = 20;
const PUMP_MS = 10;

interface Demo {
  readonly reference: string;
  readonly provider: string;
  readonly state: { readonly value: string; readonly cause: string };
  readonly nextAction: { readonly kind: string };
}

/** What `npm start` and `npm run tour` show to a newcomer. */
describe('the sandbox', () => {
  let sandbox: Sandbox;
  let app: RunningApp;
  let door: Server;
  let dataDir: string;
  let pump: NodeJS.Timeout;
  let seeded: Seeded;
  let api: RestClient;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'mooring-sandbox-'));
    door = await openDoor(() => app.baseUrl);
    sandbox = await startSandbox(loadConfig({ MOORING_DATA_DIR: dataDir }));
    const publicUrl = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
    const env = Object.fromEntries(Object.entries(sandbox.env).map(([name, value]) => [name, value ?? '']));
    app = await startApp({ clock: sandbox.clock, env: { ...env, MOORING_ROLE: 'all', MOORING_PUBLIC_URL: publicUrl } });
    pump = setInterval(() => {
      sandbox.clock.advance(PUMP_MS * FASTER);
    }, PUMP_MS);
    seeded = await seedSandbox(app.baseUrl, sandbox, dataDir);
    api = new RestClient(app.baseUrl, seeded.key);
  });

  afterAll(async () => {
    clearInterval(pump);
    await app.close();
    await sandbox.stop();
    door.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function demos(): Promise<Map<string, Demo>> {
    const { body } = await api.call('GET', `/v1/connections?userId=${seeded.userId}&limit=200`);
    return new Map((member(body, 'data') as Demo[]).map((each) => [each.reference, each]));
  }

  /** Until the demo connection is in this state: what moves is followed by the worker. */
  async function settled(label: string, state: string): Promise<Demo> {
    for (let look = 0; look < 200; look += 1) {
      const found = (await demos()).get(label);
      if (found?.state.value === state) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${label} is ${JSON.stringify((await demos()).get(label))}`);
  }

  it('has a connection of every scenario', async () => {
    expect(await seeded.others).toEqual([]);
    const labels = [...(await demos()).keys()].sort();
    expect(labels).toEqual(['tink: healthy', ...SCENARIOS.map(({ label }) => label)].sort());
  });

  it.each([
    ['tink: healthy', 'active', 'none'],
    ['tink: waits for a code', 'awaiting_user', 'submit_information'],
    ['tink: waits for a scan', 'awaiting_user', 'scan_qr'],
    ['tink: waits at the bank', 'awaiting_user', 'follow_redirect'],
    ['tink: wrong password', 'blocked', 'update_login'],
    ['tink: locked at the bank', 'blocked', 'act_at_bank'],
    ['tink: no accounts', 'failed', 'reconnect'],
    ['tink: bank is down', 'retrying', 'retry_later'],
    ['tink: given up', 'failed', 'reconnect'],
    ['tink: consent ended', 'reauth_required', 'renew_consent'],
    ['flanks: healthy', 'active', 'none'],
    ['flanks: wants strong authentication', 'reauth_required', 'renew_consent'],
    ['flanks: blocked', 'blocked', 'update_login'],
    ['flanks: some data failed', 'active', 'none'],
    ['flinks: waits for an answer', 'awaiting_user', 'submit_information'],
    ['flinks: healthy', 'active', 'none'],
    ['flinks: disabled at the bank', 'blocked', 'act_at_bank'],
    ['flinks: bank is away', 'retrying', 'retry_later'],
  ])('shows %s as %s: %s', async (label, state, kind) => {
    await seeded.others;
    // Questions that nobody answers end; that is no fault of the demo.
    const events = async (id: string) => (await api.call('GET', `/v1/connections/${id}/events?limit=200`)).body;
    if (state === 'awaiting_user') {
      const { body } = await api.call('GET', `/v1/connections?userId=${seeded.userId}&limit=200`);
      const found = (member(body, 'data') as (Demo & { id: string })[]).find((each) => each.reference === label);
      const went = member(await events(found?.id ?? ''), 'data') as { to: string }[];
      expect(went.map(({ to }) => to)).toContain('awaiting_user');
      return;
    }
    expect((await settled(label, state)).nextAction.kind).toBe(kind);
  });

  it('seeds once: a second start changes nothing', async () => {
    await seeded.others;
    const before = [...(await demos()).keys()];
    const again = await seedSandbox(app.baseUrl, sandbox, dataDir);
    expect(await again.others).toEqual([]);
    expect({ ...again, others: null }).toEqual({ ...seeded, others: null });
    expect([...(await demos()).keys()]).toEqual(before);
  });

  it('goes on where a start was cut short', async () => {
    await seeded.others;
    const { body } = await api.call('GET', `/v1/connections?userId=${seeded.userId}&limit=200`);
    const all = member(body, 'data') as (Demo & { id: string })[];
    const lost = all.filter(({ reference }) => ['flinks: healthy', 'tink: no accounts'].includes(reference));
    for (const { id } of lost) await api.call('DELETE', `/v1/connections/${id}`);
    for (let look = 0; look < 100 && (await demos()).size > all.length - 2; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }

    const again = await seedSandbox(app.baseUrl, sandbox, dataDir);

    expect(await again.others).toEqual([]);
    expect((await demos()).size).toBe(all.length);
    expect(again.connectionId).toBe(seeded.connectionId);
  });

  it('keeps its keys to their owner, and tells none of them but the demo key', async () => {
    for (const name of ['admin-key', 'demo-key']) {
      expect((await stat(join(dataDir, name))).mode & 0o077).toBe(0);
    }
    const note = { url: app.baseUrl, simulators: { tink: sandbox.simulators.tink?.url ?? '' } };
    await writeSandboxNote(dataDir, note);
    expect(await readSandboxNote(dataDir)).toEqual(note);
    const text = welcome(note, seeded);
    expect(text).toContain(`export KEY=${seeded.key}`);
    expect(text).toContain(seeded.connectionId);
    const adminKey = (await readFile(join(dataDir, 'admin-key'), 'utf8')).trim();
    expect(text).not.toContain(adminKey);
    expect(app.logText()).not.toContain(adminKey);
    expect(app.logText()).not.toContain(seeded.key);
  });

  it('plays the tour through all three providers, and leaves nobody behind', async () => {
    await seeded.others;
    const lines: string[] = [];
    const tink = sandbox.simulators.tink?.control;
    await playTour({
      api,
      confirmInApp: async () => {
        const waiting = tink?.state().credentials.findLast((each) => each.status.includes('BANKID'));
        tink?.approve(waiting?.id ?? '');
      },
      visit: async (url) => {
        const { location } = await walkHostedPages(url, { username: 'tour' });
        if (!location) throw new Error('Not sent back.');
        return location;
      },
      print: (line) => lines.push(line),
    });
    const titles = lines.filter((line) => line.startsWith('\n')).map((line) => line.trim());
    expect(titles).toEqual([
      'A user',
      'Events',
      'Tink: logins, one-time codes, QR',
      'Flanks: a hosted visit',
      'Flinks: a security question',
      'The end',
    ]);
    const steps = lines.filter((line) => /^ ?\d+\. /.test(line));
    expect(steps.length).toBeGreaterThanOrEqual(30);
    expect(lines.join('\n')).not.toMatch(/abc123|Everyday|mk_|whsec/);
    expect(sandbox.simulators.flanks?.control.state().credentials.map(({ username }) => username)).not.toContain(
      'tour',
    );
  });
});

/** The public address of an application whose port is not known before it listens. */
async function openDoor(target: () => string): Promise<Server> {
  const server = createServer((request, response) => {
    void fetch(`${target()}${request.url ?? ''}`, { redirect: 'manual' }).then(async (answer) => {
      response.writeHead(answer.status, { location: answer.headers.get('location') ?? '' });
      response.end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
