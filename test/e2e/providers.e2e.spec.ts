import { FLANKS_CAPABILITIES } from '../../src/providers/flanks/flanks.capabilities.js';
import { FLINKS_CAPABILITIES } from '../../src/providers/flinks/flinks.capabilities.js';
import { TINK_CAPABILITIES } from '../../src/providers/tink/tink.capabilities.js';
import { walkHostedPages } from '../../src/sandbox/flanks/hosted-visitor.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import type { Answer } from '../factories/sandbox-app.factory.js';
import { onwards, ThreeProviders } from '../factories/three-providers.factory.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Bank {
  readonly id: string;
  readonly name: string;
  readonly market: string;
  readonly connect: readonly string[];
}

describe('the provider directory', () => {
  let world: ThreeProviders;

  beforeAll(async () => {
    world = await ThreeProviders.start();
  });

  beforeEach(async () => {
    await world.forget();
    // Directories and tokens of earlier tests are old, and no circuit is open.
    world.mooring.advance(2 * HOUR);
  });

  afterAll(async () => {
    await world.close();
  });

  const banks = async (provider: string, query = ''): Promise<Answer> =>
    world.mooring.get(`/v1/providers/${provider}/institutions${query}`);
  const listed = ({ body }: Answer) => member(body, 'data') as Bank[];
  const controls = () => ({ tink: world.mooring.tink, flanks: world.flanks, flinks: world.flinks });
  type Name = keyof ReturnType<typeof controls>;

  it('publishes what each module says of itself', async () => {
    const { status, body } = await world.mooring.get('/v1/providers');
    expect(status).toBe(200);
    expect(body).toEqual({
      data: [
        { id: 'tink', name: 'Tink', capabilities: TINK_CAPABILITIES, health: { circuit: 'closed' } },
        { id: 'flanks', name: 'Flanks', capabilities: FLANKS_CAPABILITIES, health: { circuit: 'closed' } },
        { id: 'flinks', name: 'Flinks', capabilities: FLINKS_CAPABILITIES, health: { circuit: 'closed' } },
      ],
      nextCursor: null,
    });
  });

  it('shows which provider\u2019s calls are held back, and that the others are well', async () => {
    const userId = await world.mooring.user();
    const process = await world.alongside();
    try {
      world.flinks.addFault({ path: '.', times: null, action: { kind: 'respond', status: 500 } });
      for (let failure = 0; failure < 12; failure += 1) await process.link({ userId, provider: 'flinks' });
      const asked = world.flinks.calls().length;
      expect((await process.link({ userId, provider: 'flinks' })).status).toBe(503);
      expect(world.flinks.calls()).toHaveLength(asked);
      const { body } = await process.mooring.get('/v1/providers');
      const health = (member(body, 'data') as { id: string; health: object }[]).map((each) => [each.id, each.health]);
      expect(Object.fromEntries(health)).toEqual({
        ...{ tink: { circuit: 'closed' }, flanks: { circuit: 'closed' }, flinks: { circuit: 'open' } },
      });
    } finally {
      await process.close();
    }
  });

  it('needs the scope to read, and no more', async () => {
    for (const path of ['/v1/providers', '/v1/providers/tink/institutions']) {
      expect((await world.mooring.call('GET', path, { key: null })).status).toBe(401);
    }
  });

  it.each([
    ['flanks', 'ES', ['link'], 'testbank'],
    ['flinks', 'CA', ['direct', 'link'], 'FlinksCapital'],
    ['tink', 'SE', ['direct', 'link'], 'se-demobank-password'],
  ] as const)('lists the banks of %s', async (provider, market, connect, id) => {
    const all = listed(await banks(provider, '?limit=200'));
    expect(all.find((bank) => bank.id === id)).toMatchObject({ market, connect });
    expect(all.map((bank) => bank.id)).toEqual([...all.map((bank) => bank.id)].sort());
    expect(new Set(all.map((bank) => bank.id)).size).toBe(all.length);
  });

  it('shows what a direct connection asks for, and nothing where there is none', async () => {
    const flinks = listed(await banks('flinks', '?query=FlinksCapital'));
    expect(flinks).toMatchObject([
      {
        id: 'FlinksCapital',
        fields: expect.arrayContaining([expect.objectContaining({ name: 'username' })]) as unknown,
      },
    ]);
    expect(listed(await banks('flanks', '?query=testbank'))).toMatchObject([{ id: 'testbank', fields: [] }]);
  });

  it.each(['tink', 'flanks', 'flinks'] as const)('of %s pages without loss', async (provider) => {
    const whole = listed(await banks(provider, '?limit=200'));
    const paged: Bank[] = [];
    let cursor: unknown = null;
    do {
      const after = typeof cursor === 'string' ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const page = await banks(provider, `?limit=2${after}`);
      expect(listed(page).length).toBeLessThanOrEqual(2);
      paged.push(...listed(page));
      cursor = member(page.body, 'nextCursor');
    } while (cursor !== null);
    expect(paged).toEqual(whole.slice(0, paged.length));
    expect(paged).toHaveLength(whole.length);
  });

  it('searches names and ids, in any case and order', async () => {
    const ids = async (query: string) => listed(await banks('flinks', `?query=${query}`)).map(({ id }) => id);
    const maple = await ids('maple');
    expect(maple).toHaveLength(1);
    expect(await ids('DEMO%20Maple')).toEqual(maple);
    expect(await ids('no%20such%20bank')).toEqual([]);
    expect(await ids('.*')).toEqual([]);
  });

  it('keeps to a market', async () => {
    const us = listed(await banks('flinks', '?market=US'));
    expect(us.length).toBeGreaterThan(0);
    expect(us.every(({ market }) => market === 'US')).toBe(true);
    const pt = listed(await banks('flanks', '?market=PT'));
    expect(pt.length).toBeGreaterThan(0);
    expect(pt.every(({ market }) => market === 'PT')).toBe(true);
    expect(listed(await banks('flanks', '?market=JP'))).toEqual([]);
  });

  it.each([
    ['tink', '/api/v1/providers'],
    ['flanks', '/v0/bank/available'],
    ['flinks', 'Institutions'],
  ] as const)('of %s is asked for once an hour', async (provider: Name, path) => {
    const asked = () => controls()[provider].calls({ method: 'GET', path }).length;
    await banks(provider);
    const first = asked();
    expect(first).toBeGreaterThan(0);
    await Promise.all(Array.from({ length: 20 }, async () => banks(provider, '?query=a')));
    world.mooring.advance(59 * MINUTE);
    await banks(provider);
    expect(asked()).toBe(first);
    world.mooring.advance(2 * MINUTE);
    await Promise.all(Array.from({ length: 20 }, async () => banks(provider)));
    expect(asked()).toBe(2 * first);
  });

  it('answers 503 while a directory that nobody has cannot be read, and is well again', async () => {
    world.flanks.addFault({ path: '/v0/bank/available', times: null, action: { kind: 'respond', status: 503 } });
    expect(await banks('flanks')).toMatchObject({ status: 503, body: { code: 'provider.unavailable' } });
    world.flanks.clearFaults();
    world.mooring.advance(MINUTE);
    expect((await banks('flanks')).status).toBe(200);
  });

  it.each([
    ['?limit=0', 'request.invalid'],
    ['?limit=201', 'request.invalid'],
    ['?limit=x', 'request.invalid'],
    ['?market=se', 'request.invalid'],
    ['?market=SWE', 'request.invalid'],
    ['?query=', 'request.invalid'],
    [`?query=${'a'.repeat(101)}`, 'request.invalid'],
    ['?cursor=nonsense', 'request.invalid_cursor'],
    ['?cursor=%00', 'request.malformed_url'],
    ['?colour=blue', 'request.invalid'],
  ])('refuses %s', async (query, code) => {
    expect(await banks('flanks', query)).toMatchObject({ status: 400, body: { code } });
  });

  describe('of a provider that is switched off', () => {
    it('is 422 everywhere, and the connections that it had can still be read', async () => {
      const userId = await world.mooring.user();
      const visit = await world.begin({ userId, provider: 'flanks', institutionId: 'testbank' });
      const { location } = await walkHostedPages(visit.url, { username: 'ana.switched.off' });
      const id = location ? (onwards(await world.comeBack(location))['connectionId'] ?? '') : '';
      await world.mooring.until(id, 'active');
      const open = await world.begin({ userId, provider: 'flanks', institutionId: 'testbank' });
      const back = await walkHostedPages(open.url, { username: 'ana.on.her.way' });

      const without = await world.alongside({ FLANKS_CLIENT_ID: '', FLANKS_CLIENT_SECRET: '' });
      try {
        const providers = (await without.mooring.get('/v1/providers')).body;
        expect((member(providers, 'data') as { id: string }[]).map((each) => each.id)).toEqual(['tink', 'flinks']);
        const unknown = { status: 422, body: { code: 'provider.unknown', errors: [{ pointer: '/provider' }] } };
        expect(await without.mooring.get('/v1/providers/flanks/institutions')).toMatchObject(unknown);
        expect(await without.mooring.get('/v1/providers/nobody/institutions')).toMatchObject(unknown);
        expect(await without.link({ userId, provider: 'flanks' })).toMatchObject(unknown);
        expect((await without.mooring.read(id)).status).toBe(200);
        if (!back.location) throw new Error('Not sent back.');
        expect((await without.comeBack(back.location)).status).toBe(422);
        expect(await without.visit(open.id)).toMatchObject({ status: 'open' });
      } finally {
        await without.close();
      }
      expect(onwards(await world.comeBack(back.location))).toMatchObject({
        status: 'connected',
      });
    });
  });

  describe('a word that nobody knows', () => {
    /** @returns how often unknown words of a provider were counted. */
    async function counted(provider: string): Promise<number> {
      const { bytes } = await world.mooring.call('GET', '/metrics', { key: null });
      const lines = bytes.toString().match(/^mooring_provider_unknown_words_total\{.*$/gm) ?? [];
      const mine = lines.filter((line) => line.includes(`provider="${provider}"`));
      return mine.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    }

    async function connection(provider: Name): Promise<string> {
      if (provider === 'tink') return world.mooring.active();
      const userId = await world.mooring.user();
      if (provider === 'flinks') {
        const fields = { username: 'greatday_nomfa', password: 'Everyday' };
        const body = { userId, provider, institutionId: 'FlinksCapital', fields };
        const id = textAt((await world.mooring.post('/v1/connections', body)).body, 'id');
        await world.mooring.until(id, 'active');
        return id;
      }
      const visit = await world.begin({ userId, provider, institutionId: 'testbank' });
      const { location } = await walkHostedPages(visit.url, { username: `ana.words.${userId}` });
      const id = location ? (onwards(await world.comeBack(location))['connectionId'] ?? '') : '';
      await world.mooring.until(id, 'active');
      return id;
    }

    function tinkBody(): object {
      const newest = world.mooring.tink.state().credentials.at(-1);
      return { ...newest, status: 'HIBERNATING', statusUpdated: world.flinks.state().now, moods: ['good'] };
    }

    const FLANKS_BODY = {
      ...{ pending: false, blocked: false, sca_token: null, reset_token: null, name: 'testbank' },
      ...{ status: 'HIBERNATING', moods: ['good'], errored: { hologram: { card: true }, product: { aura: true } } },
    };

    it.each([
      ['tink', '/api/v1/credentials/[^/]+$', tinkBody],
      ['flanks', '/v0/bank/credentials/status$', () => FLANKS_BODY],
    ] as const)('of %s in a status changes nothing but a counter', async (provider, path, body) => {
      const id = await connection(provider);
      // A paused connection is read, never refreshed.
      await world.mooring.post(`/v1/connections/${id}/pause`);
      world.mooring.advance(7 * HOUR);
      const state = member((await world.mooring.read(id)).body, 'state');
      const before = await counted(provider);
      const events = await world.mooring.states(id);
      const action = { kind: 'respond', status: 200, body: body() } as const;
      controls()[provider].addFault({ path, times: null, action });

      await world.mooring.watch();

      expect(
        controls()
          [provider].calls({ path })
          .some(({ fault }) => fault === 'respond'),
      ).toBe(true);
      expect(member((await world.mooring.read(id)).body, 'state')).toEqual(state);
      expect(await world.mooring.states(id)).toEqual(events);
      expect(await counted(provider)).toBeGreaterThan(before);
    });

    it('of Flinks in an error is nobody\u2019s fault: it is tried again, and the data stays', async () => {
      const id = await connection('flinks');
      // Its first data is loaded, so that the fault below meets the sync.
      await world.mooring.watch();
      world.mooring.advance(8 * HOUR);
      const { data } = (await world.mooring.read(id)).body as { data: object };
      // The one fault is for this connection.
      const { body: all } = await world.mooring.get('/v1/connections?provider=flinks&limit=100');
      for (const other of (member(all, 'data') as { id: string }[]).filter((each) => each.id !== id)) {
        await world.mooring.post(`/v1/connections/${other.id}/pause`);
      }
      const before = await counted('flinks');
      const body = { HttpStatusCode: 401, FlinksCode: 'SOLAR_FLARE', Message: 'The sun.' };
      world.flinks.addFault({ path: '/Authorize$', times: 1, action: { kind: 'respond', status: 401, body } });

      await world.mooring.watch();

      expect((await world.mooring.read(id)).body).toMatchObject({
        state: { value: 'retrying', cause: 'unknown', providerStatus: 'SOLAR_FLARE' },
        nextAction: { kind: 'retry_later', by: 'provider' },
        data,
      });
      expect(await counted('flinks')).toBe(before + 1);
      for (let tick = 0; tick < 5; tick += 1) {
        world.mooring.advance(MINUTE);
        await world.mooring.watch();
      }
      expect((await world.mooring.read(id)).body).toMatchObject({ state: { value: 'active' } });
    });

    it('of Flinks for a kind of question is asked like the nearest that we know', async () => {
      const before = await counted('flinks');
      const userId = await world.mooring.user();
      const SecurityChallenges = [{ Type: 'Telepathy', Prompt: 'Think of a card.', Iterables: [] }];
      const RequestId = '5a4db0c5-1111-4000-8000-0000000000aa';
      const body = { SecurityChallenges, HttpStatusCode: 203, Institution: 'FlinksCapital', RequestId };
      world.flinks.addFault({ path: '/Authorize$', action: { kind: 'respond', status: 203, body } });
      const fields = { username: 'greatday_nomfa', password: 'Everyday' };
      const request = { userId, provider: 'flinks', institutionId: 'FlinksCapital', fields };

      const made = await world.mooring.post('/v1/connections', request);

      expect(made).toMatchObject({
        status: 201,
        body: { nextAction: { kind: 'submit_information', fields: [{ label: 'Think of a card.', type: 'text' }] } },
      });
      expect(await counted('flinks')).toBe(before + 1);
    });

    it('of Flanks in a redirect ends the visit, and goes nowhere but into the log', async () => {
      const before = await counted('flanks');
      const visit = await world.begin({ userId: await world.mooring.user(), provider: 'flanks' });
      const { location } = await walkHostedPages(visit.url, { leaves: true });
      if (!location) throw new Error('Not sent back.');
      location.searchParams.set('error', 'ECLIPSED_BY_MOON');

      const answer = await world.comeBack(location);

      expect(onwards(answer)).toMatchObject({ status: 'failed', cause: 'unknown' });
      expect(answer.headers.get('location')).not.toContain('MOON');
      expect(await counted('flanks')).toBe(before + 1);
    });
  });
});
