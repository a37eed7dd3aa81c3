import { randomBytes } from 'node:crypto';

import { member } from '../../src/sandbox/rest-client.js';
import type { Answer } from '../factories/sandbox-app.factory.js';
import { ROADS, type Road } from '../factories/roads.factory.js';
import { onwards, pageCode, PUBLIC_URL, ThreeProviders } from '../factories/three-providers.factory.js';

const PROBES = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "';alert(1)//",
  'javascript:alert(1)',
  '\u0000\u202e%0d%0aset-cookie: a=b',
  '${7*7}{{7*7}}',
];
const HINTS = ['alert(1)', '<img', 'javascript:', 'set-cookie', '7*7', '{{'];
const MINUTE = 60_000;

describe('the public callback believes nothing', () => {
  let world: ThreeProviders;

  beforeAll(async () => {
    world = await ThreeProviders.start();
  });

  beforeEach(async () => {
    await world.forget();
  });

  afterAll(async () => {
    await world.close();
  });

  const road = (name: string): Road => {
    const found = ROADS.find((each) => each.name === name);
    if (!found) throw new Error(`No road ${name}.`);
    return found;
  };
  const FLANKS = road('flanks (link)');
  const roads = [road('tink'), FLANKS, road('flinks')].map((each) => [each.provider, each] as const);

  async function begun({ provider, institutionId }: Road, userId?: string) {
    const id = userId ?? (await world.mooring.user());
    return { userId: id, visit: await world.begin({ userId: id, provider, institutionId }) };
  }

  /** A visit that is walked to its end; the browser has not followed the last redirect yet. */
  async function walked(which: Road) {
    const login = which.login();
    const { userId, visit } = await begun(which);
    return { userId, login, visit, callback: await which.walk(world, visit.url, login) };
  }

  const at = (path: string): Promise<Answer> => world.mooring.call('GET', path, { key: null });
  const changed = (callback: URL, change: (query: URLSearchParams) => void): URL => {
    const url = new URL(callback);
    change(url.searchParams);
    return url;
  };

  /** A page for a person: a code, and nothing else that could be of use to anybody. */
  async function refused(act: () => Promise<Answer>, status: number, code: string): Promise<Answer> {
    const before = await world.mooring.rowCounts();
    const sessions = await world.mooring.sql('SELECT * FROM link_sessions ORDER BY id');
    const answer = await act();
    expect([answer.status, pageCode(answer)]).toEqual([status, code]);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await world.mooring.rowCounts()).toEqual(before);
    expect(await world.mooring.sql('SELECT * FROM link_sessions ORDER BY id')).toEqual(sessions);
    return answer;
  }

  it.each([
    ['without a state', ''],
    ['with an empty state', '?state='],
    ['with a state that we never made', `?state=${randomBytes(24).toString('base64url')}`],
    ['with a state that is too long', `?state=${'a'.repeat(129)}`],
    ['with two states', '?state=a&state=b'],
    ['with a state in brackets', '?state[]=a&state[$ne]=b'],
    ['with a state that is a prototype', '?__proto__[state]=a&constructor=b'],
    ['with text that is no UTF-8', '?state=%ff%fe'],
    ['with a state after too many parameters', `?${'a=1&'.repeat(3000)}state=x`],
  ])('is a page %s', async (_how, query) => {
    await refused(() => at(`/link/flanks/callback${query}`), 404, 'link.unknown');
  });

  it('is refused at the edge with a NUL in the address', async () => {
    const before = await world.mooring.rowCounts();
    expect((await at('/link/flanks/callback?state=a%00b')).status).toBe(400);
    expect((await at(`/link/flanks/callback?state=${'a'.repeat(40_000)}`)).status).toBe(431);
    expect(await world.mooring.rowCounts()).toEqual(before);
  });

  it.each(['nobody', 'Flanks', '..%2f..%2fadmin', '%3Cscript%3E', 'constructor', 'x'.repeat(90)])(
    'is a page for the provider %s',
    async (provider) => {
      const answer = await refused(() => at(`/link/${provider}/callback?state=abc`), 404, 'link.unknown');
      expect(answer.bytes.toString()).not.toContain(decodeURIComponent(provider));
    },
  );

  describe.each(roads)('at %s', (_name, which) => {
    it('does not take the state of another provider\u2019s visit', async () => {
      const { visit, callback } = await walked(which);
      const others = roads.map(([provider]) => provider).filter((provider) => provider !== which.provider);
      for (const other of others) {
        const path = `/link/${other}/callback${callback.search}`;
        await refused(() => at(path), 404, 'link.unknown');
      }
      expect(await world.visit(visit.id)).toMatchObject({ status: 'open' });
      expect(onwards(await world.comeBack(callback))['status']).toBe('connected');
    });

    it('is too late after half an hour', async () => {
      const { visit, callback } = await walked(which);
      world.mooring.advance(31 * MINUTE);
      await refused(() => world.comeBack(callback), 410, 'link.expired');
      expect(await world.visit(visit.id)).toMatchObject({ connectionId: null });
    });

    it('does not take a state with one letter changed', async () => {
      const { callback } = await walked(which);
      const forged = changed(callback, (query) => {
        const state = query.get('state') ?? '';
        query.set('state', (state.startsWith('A') ? 'B' : 'A') + state.slice(1));
      });
      await refused(() => world.comeBack(forged), 404, 'link.unknown');
      expect(onwards(await world.comeBack(callback))['status']).toBe('connected');
    });

    it('says nothing back of what anybody writes into the address', async () => {
      const { callback } = await walked(which);
      const brought = [...callback.searchParams.keys()].filter((name) => name !== 'state');
      const names = [...new Set([...brought, 'error', 'error_reason', 'message', 'unheard-of'])];
      for (const probe of PROBES) {
        // With an error few providers look at anything else.
        for (const written of [names, names.filter((name) => name !== 'error')]) {
          const { visit } = await begun(which);
          const state = stateOf(visit.url);
          const url = new URL(`${PUBLIC_URL}/link/${which.provider}/callback`);
          const probes = Object.fromEntries(written.map((name) => [name, probe]));
          url.search = new URLSearchParams({ ...probes, state }).toString();
          const answer = await world.comeBack(url);
          const said = `${answer.bytes.toString()} ${JSON.stringify([...answer.headers])}`;
          for (const hint of [...HINTS, state]) expect(said).not.toContain(hint);
        }
      }
      expect(world.mooring.logText()).not.toContain('alert(1)');
      expect(await world.everything()).not.toContain('alert(1)');
    });

    it('takes a parameter that comes twice, or is too long, for none', async () => {
      for (const spoil of ['twice', 'long'] as const) {
        const { callback } = await walked(which);
        const names = [...callback.searchParams.keys()].filter((name) => name !== 'state');
        const spoilt = changed(callback, (query) => {
          for (const name of names) {
            if (spoil === 'twice') query.append(name, 'second-value');
            else query.set(name, 'x'.repeat(4097));
          }
        });
        const answer = await world.comeBack(spoilt);
        expect(answer.status).toBeLessThan(500);
        const said = `${answer.bytes.toString()} ${answer.headers.get('location') ?? ''}`;
        expect(said).not.toMatch(/second-value|xxxxxxxx/);
      }
      expect(world.mooring.logText()).not.toMatch(/second-value|xxxxxxxx/);
    });

    it('does not hand one user\u2019s login to the visit of another', async () => {
      const { userId: victim, login, callback } = await walked(which);
      world.mooring.advance(MINUTE);
      const mine = await begun(which);
      const stolen = changed(callback, (query) => {
        query.set('state', stateOf(mine.visit.url));
      });

      const answer = await world.comeBack(stolen);

      expect(answer.headers.get('location') ?? '').not.toContain('status=connected');
      expect(await connectionsOf(mine.userId)).toEqual([]);
      const own = await world.comeBack(callback);
      if (which.provider === 'flanks') {
        // Flanks' codes work once, for whoever brings them. The owner of the login gets it with the next visit.
        expect([own.status, pageCode(own)]).toEqual([422, 'authorization.invalid_code']);
        const { visit } = await begun(which, victim);
        const next = onwards(await world.comeBack(await which.walk(world, visit.url, login)));
        expect(next['status']).toBe('connected');
      } else expect(onwards(own)['status']).toBe('connected');
      expect(await connectionsOf(victim)).toHaveLength(1);
      const again = await world.comeBack(stolen);
      expect(again.headers.get('location') ?? '').not.toContain('connectionId');
      await world.minutes(40);
      expect(await connectionsOf(mine.userId)).toEqual([]);
    });

    it('of two browsers at the same moment serves one', async () => {
      const { userId, visit, callback } = await walked(which);

      const answers = await Promise.all(Array.from({ length: 5 }, async () => world.comeBack(callback)));

      expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409, 409, 409]);
      const late = answers.filter(({ status }) => status === 409);
      expect(late.map(pageCode)).toEqual(Array(4).fill('link.used'));
      expect(await connectionsOf(userId)).toHaveLength(1);
      expect(await world.visit(visit.id)).toMatchObject({ status: 'connected' });
    });

    it('has the user try again while the provider is away, with the same address', async () => {
      const { userId, visit, callback } = await walked(which);
      const control = { tink: world.mooring.tink, flanks: world.flanks, flinks: world.flinks }[which.provider];
      // Before the work: surely nothing has happened there.
      control?.addFault({ path: '.', times: null, action: { kind: 'respond', status: 429 } });

      const answer = await world.comeBack(callback);

      expect([answer.status, pageCode(answer)]).toEqual([429, 'provider.rate_limited']);
      expect(await world.visit(visit.id)).toMatchObject({ status: 'open', connectionId: null });
      expect(await connectionsOf(userId)).toEqual([]);
      control?.clearFaults();
      world.mooring.advance(2 * MINUTE);
      expect(onwards(await world.comeBack(callback))['status']).toBe('connected');
      expect(await connectionsOf(userId)).toHaveLength(1);
    });

    it('gets the credential in the end when the provider breaks down meanwhile', async () => {
      const { userId, visit, callback } = await walked(which);
      const control = { tink: world.mooring.tink, flanks: world.flanks, flinks: world.flinks }[which.provider];
      control?.addFault({ path: '.', times: null, action: { kind: 'respond', status: 503 } });

      const answer = await world.comeBack(callback);

      if (answer.status === 303) {
        expect(onwards(answer)).toEqual({ mine: '1', linkSessionId: visit.id, status: 'completing' });
        expect(await world.visit(visit.id)).toMatchObject({ status: 'completing', connectionId: null });
      } else {
        expect([answer.status, pageCode(answer)]).toEqual([503, 'provider.unavailable']);
        expect(answer.bytes.toString()).toContain('load this page again');
        expect(await world.visit(visit.id)).toMatchObject({ status: 'open', connectionId: null });
      }
      expect(await connectionsOf(userId)).toEqual([]);
      control?.clearFaults();
      world.mooring.advance(2 * MINUTE);
      // Only what surely did not happen is done again by the browser.
      if (answer.status === 503) expect(onwards(await world.comeBack(callback))['status']).toBe('connected');
      else await world.minutes(3);
      expect(await connectionsOf(userId)).toHaveLength(1);
      expect(await world.visit(visit.id)).toMatchObject({ status: 'connected' });
    });
  });

  async function connectionsOf(userId: string): Promise<unknown> {
    return member((await world.mooring.get(`/v1/connections?userId=${userId}`)).body, 'data');
  }

  /** Some carry it inside of our callback's address. */
  function stateOf(url: string): string {
    const { searchParams } = new URL(url);
    const inner = [...searchParams.values()].find((value) => value.startsWith(`${PUBLIC_URL}/`)) ?? PUBLIC_URL;
    return searchParams.get('state') ?? new URL(inner).searchParams.get('state') ?? '';
  }
});
