import { inspect } from 'node:util';

import { jest } from '@jest/globals';
import { createClient } from '@keyv/redis';

import { CacheBackend } from '../../src/cache/cache-backend.js';
import type { OutgoingOutcome } from '../../src/platform/http/outgoing-outcome.js';
import type { OutgoingRequest } from '../../src/platform/http/outgoing-request.js';
import { OutgoingWire } from '../../src/platform/http/outgoing-wire.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import { ROADS } from '../factories/roads.factory.js';
import { ThreeProviders } from '../factories/three-providers.factory.js';

const REDIS_URL = process.env['REDIS_URL'];
const PASSWORD = 'planted-Passw0rd-of-a-person';
/** Members of bodies, in both directions, whose values are secrets. */
const SECRET_MEMBERS =
  /^(access_?token|refresh_token|client_secret|code|token|link_token|credentials_token|.*_token|password|requestId|loginId|id|session_id|state|securityResponses)$/i;
const SECRET_HEADERS = /^(authorization|x-api-key|flinks-auth-key)$/i;
/** Long and mixed enough to be found by chance nowhere. */
const TELLING = /^(?=.*\d)[\w.~+/=-]{12,}$/;

interface Said {
  readonly call: string;
  readonly status: number;
  readonly text: string;
}

/** A secret, by what it was called where it was seen. */
type Secrets = Map<string, string>;

/** Every secret that passed between Mooring and the providers. */
class Wiretap {
  readonly secrets: Secrets = new Map();
  private readonly original = Reflect.get(OutgoingWire.prototype, 'send');

  begin(): void {
    const heard = (request: OutgoingRequest, outcome: OutgoingOutcome): void => {
      this.hear(request, outcome);
    };
    const { original } = this;
    jest.spyOn(OutgoingWire.prototype, 'send').mockImplementation(async function (this: OutgoingWire, request, signal) {
      const outcome = await original.call(this, request, signal);
      heard(request, outcome);
      return outcome;
    });
  }

  private hear(request: OutgoingRequest, outcome: OutgoingOutcome): void {
    for (const [name, value] of Object.entries(request.headers ?? {})) {
      if (SECRET_HEADERS.test(name)) this.keep(name, value.replace(/^Bearer /, ''));
    }
    const sent = request.body && ('json' in request.body ? request.body.json : Object.fromEntries(request.body.form));
    this.collect(sent, `${request.operation} sent`);
    if (outcome.kind !== 'answer') return;
    const text = Buffer.from(outcome.body).toString('utf8');
    // Directories hold ids that are no secrets.
    if (!/institution|providers|entit|banks/i.test(request.operation)) this.collect(jsonOf(text), request.operation);
  }

  private collect(value: unknown, where: string): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === 'string' && SECRET_MEMBERS.test(name)) this.keep(`${name} of ${where}`, inner);
      else this.collect(inner, where);
    }
  }

  private keep(what: string, value: string): void {
    if (TELLING.test(value)) this.secrets.set(value, what);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

describe('secrets', () => {
  const wiretap = new Wiretap();
  const said: Said[] = [];
  let world: ThreeProviders;
  const realFetch = globalThis.fetch;

  /** Every answer that Mooring gives to this process is written down. */
  function listen(): void {
    globalThis.fetch = async (input, init) => {
      const response = await realFetch(input, init);
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.origin === world.mooring.baseUrl) {
        const headers = JSON.stringify([...response.headers]);
        const text = `${await response.clone().text()}${headers}`;
        said.push({ call: `${init?.method ?? 'GET'} ${url.pathname}`, status: response.status, text });
      }
      return response;
    };
  }

  beforeAll(async () => {
    wiretap.begin();
    world = await ThreeProviders.start(REDIS_URL ? { REDIS_URL } : {});
    listen();
    await tinkScenes();
    for (const road of ROADS) await visit(road.name);
    await flinksScene();
    await world.recoverVisits();
  }, 120_000);

  afterAll(async () => {
    globalThis.fetch = realFetch;
    jest.restoreAllMocks();
    await world.close();
  });

  async function tinkScenes(): Promise<void> {
    const { mooring } = world;
    const userId = await mooring.user();
    const wrong = await mooring.connected({ userId, fields: { username: 'u10000001', password: PASSWORD } });
    await mooring.until(wrong, 'blocked');
    await mooring.call('PUT', `/v1/connections/${wrong}/login`, {
      body: { fields: { username: 'u10000001', password: `${PASSWORD}-again` } },
    });
    await mooring.until(wrong, 'blocked');
    const asked = await mooring.connected({ userId, institutionId: 'se-demobank-open-banking-embedded' });
    await mooring.until(asked, 'awaiting_user');
    await mooring.post(`/v1/connections/${asked}/supplemental-information`, { fields: { otpInput: '0000' } });
    const grant = { provider: 'tink', scope: ['accounts:read'] };
    const { body } = await mooring.post(`/v1/users/${userId}/authorization-grants`, grant);
    await mooring.post('/v1/users/access-tokens', { provider: 'tink', code: textAt(body, 'code') });
    await look(wrong, userId);
    await look(asked, userId);
  }

  async function flinksScene(): Promise<void> {
    const { mooring } = world;
    world.flinks.setPassword('greatday_nomfa', PASSWORD);
    const userId = await mooring.user();
    const fields = { username: 'greatday_nomfa', password: PASSWORD, language: 'en' };
    const body = { userId, provider: 'flinks', institutionId: 'FlinksCapital', fields };
    const created = await mooring.post('/v1/connections', body);
    const id = textAt(created.body, 'id');
    await mooring.until(id, 'active');
    await look(id, userId);
    await mooring.post(`/v1/connections/${id}/refresh`, { userPresent: true });
    await mooring.until(id, 'active');
    const asked = await mooring.post('/v1/connections', {
      ...body,
      fields: { ...fields, username: 'Greatday', password: 'Everyday' },
    });
    await mooring.until(textAt(asked.body, 'id'), 'awaiting_user');
    await mooring.call('DELETE', `/v1/connections/${id}`);
  }

  async function visit(name: string): Promise<void> {
    const road = ROADS.find((each) => each.name === name);
    if (!road || name === 'flanks (session)') return;
    const { mooring } = world;
    const userId = await mooring.user();
    const { provider, institutionId } = road;
    const begun = await world.begin({ userId, provider, institutionId });
    const callback = await road.walk(world, begun.url, road.login());
    for (const [member, value] of callback.searchParams) {
      if (TELLING.test(value) && road.private.includes(member)) wiretap.secrets.set(value, `${member} of ${name}`);
    }
    await world.comeBack(callback);
    await world.comeBack(callback);
    const ended = await world.visit(begun.id);
    await look(textAt(ended, 'connectionId'), userId);
  }

  /** Everything that can be read of a connection. */
  async function look(id: string, userId: string): Promise<void> {
    const { mooring } = world;
    const paths = [`/v1/connections/${id}`, `/v1/connections?userId=${userId}`, `/v1/users/${userId}`];
    for (const path of [...paths, `/v1/connections/${id}/events`, `/v1/connections/${id}/explain`]) {
      await mooring.get(path);
      await mooring.get(path);
    }
  }

  /** What is not to be found, by what it is. Ours are no secrets: providers get our ids as names of users. */
  async function secrets(): Promise<Secrets> {
    const ours = await world.mooring.sql<{ id: string }>('SELECT id FROM users UNION ALL SELECT id FROM link_sessions');
    const found: Secrets = new Map(wiretap.secrets);
    for (const { id } of ours) found.delete(id);
    found.set(PASSWORD, 'a password');
    found.set('u10000001', 'a name at a bank');
    found.set('-of-the-sandbox', 'a secret of this installation at a provider');
    found.set(world.mooring.key, 'the key of a client');
    // The secret itself may hold underscores.
    found.set(world.mooring.key.split('_').slice(2).join('_'), 'the secret of a client');
    return found;
  }

  async function shownIn(text: string): Promise<string[]> {
    const shown = [...(await secrets())].filter(([secret]) => text.includes(secret));
    return [...new Set(shown.map(([, what]) => what))];
  }

  it('were really heard, from all three providers', async () => {
    const kinds = [...new Set((await secrets()).values())].join('\n');
    for (const kind of [
      /access_token of .*oauth/,
      /token of .*link|code of flanks/i,
      /credentials_token/,
      /RequestId/i,
      /Id of \/Authorize/,
    ]) {
      expect(kinds).toMatch(kind);
    }
    expect((await secrets()).size).toBeGreaterThan(30);
  });

  it('stand in no log line', async () => {
    expect(world.mooring.logText().length).toBeGreaterThan(10_000);
    expect(await shownIn(world.mooring.logText())).toEqual([]);
  });

  it('stand in no table in clear', async () => {
    expect(await shownIn(await world.everything())).toEqual([]);
  });

  it('stand in no metric', async () => {
    const { bytes } = await world.mooring.get('/metrics');
    expect(bytes.toString()).toContain('mooring_outgoing_call_duration_seconds');
    expect(await shownIn(bytes.toString())).toEqual([]);
  });

  it('stand in the answers only where they were asked for', async () => {
    const belongs =
      /^POST \/(v1\/users\/([^/]+\/authorization-grants|access-tokens)|v1\/link-sessions|admin\/clients)$/;
    const wrong: string[] = [];
    for (const { call, text } of said.filter((each) => !belongs.test(each.call))) {
      const shown = await shownIn(text);
      if (shown.length > 0) wrong.push(`${call}: ${shown.join(', ')}`);
    }
    expect(said.length).toBeGreaterThan(100);
    // The search finds what is there.
    const handedOut = said.filter(({ call, status }) => belongs.test(call) && status < 300);
    for (const { text } of handedOut) expect(await shownIn(text)).not.toEqual([]);
    expect(wrong).toEqual([]);
  });

  it('stand in no cache', async () => {
    const kept = REDIS_URL ? await redisContent(REDIS_URL) : memoryContent();
    expect(kept).toContain('entry:connection:');
    expect(await shownIn(kept)).toEqual([]);
  });

  function memoryContent(): string {
    const limits = { depth: 12, maxArrayLength: null, maxStringLength: null };
    return inspect(world.mooring.inside(CacheBackend as never), limits);
  }

  it('are gone from a visit that is over', async () => {
    const left = await world.mooring.sql<{ left: number }>(
      `SELECT count(*)::int AS left FROM link_sessions
        WHERE status NOT IN ('open', 'completing') AND (state_sealed IS NOT NULL OR handle_sealed IS NOT NULL)`,
    );
    expect(left).toEqual([{ left: 0 }]);
    expect(member((await world.mooring.get('/readyz')).body, 'status')).toBe('ok');
  });
});

async function redisContent(url: string): Promise<string> {
  const client = createClient({ url });
  await client.connect();
  try {
    const texts: string[] = [];
    for (const key of await client.keys('*')) texts.push(`${key} ${String(await client.get(key))}`);
    return texts.join('\n');
  } finally {
    client.destroy();
  }
}
