import { inspect } from 'node:util';

import type { CallContext } from '../../src/credentials/call-context.js';
import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { CredentialSnapshot } from '../../src/credentials/credentials.service.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import type { BegunLink, LinkFlow, LinkOutcome, LinkRequest, LinkReturn } from '../../src/credentials/link-flow.js';
import { LINK_PURPOSES, type LinkPurpose } from '../../src/credentials/link-purpose.js';
import type { Provider } from '../../src/credentials/provider.js';
import type { Result } from '../../src/credentials/result.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import type { Trouble } from './contract-harness.js';

/** What the user does on the provider's page. */
export type VisitEnding = 'success' | 'cancelled' | 'wrong_login' | 'bank_down';

/** Everything about a provider's hosted visits that the suite must not know. One for each test. */
export interface LinkHarness {
  readonly provider: Provider;
  /** Our public callback; has no query. */
  readonly callbackUrl: string;
  /** A bank for visits that begin with one. */
  readonly institutionId: string;
  /** Of the clock that provider and simulator share. */
  now(): Date;
  advance(ms: number): void;
  /** A user that exists at the provider. */
  user(): Promise<ProviderUserRef>;
  /** A credential of this user that such a visit repairs, already in need of it; `null` = the provider has none. */
  needing(purpose: Exclude<LinkPurpose, 'connect'>, user: ProviderUserRef): Promise<CredentialRef | null>;
  /**
   * Goes through the page as a browser does: follows it, sends its forms, stops at the first redirect to `callbackUrl`.
   * @returns that address with its query; `null` = the page has no such ending.
   */
  visit(url: string, ending: VisitEnding): Promise<URL | null>;
  /** Queries that somebody could make up who knows another user's credential or code; none may ever connect. */
  forged(stranger: CredentialSnapshot): readonly ReadonlyMap<string, string>[];
  /** From now on what we ask the provider's server goes wrong, until cleared. The pages go on. */
  trouble(kind: Extract<Trouble, 'unavailable' | 'nonsense' | 'connection_lost' | 'hang'>): void;
  clearTroubles(): void;
  /** Texts that must never be seen. */
  readonly secrets: readonly string[];
  /** All that was logged or measured. */
  spoken(): readonly unknown[];
  close(): Promise<void>;
}

export type StartLinkHarness = (options?: { readonly deadlineMs?: number }) => Promise<LinkHarness>;

/** The behaviour of `LinkFlow`, the same for every provider that has one. */
export function describeLinkFlowContract(name: string, start: StartLinkHarness): void {
  describe(`${name} keeps the contract of hosted visits`, () => {
    describeBegin(start);
    describeConnect(start);
    describeRepair(start);
    describeForgery(start);
    describeTrouble(start);
  });
}

const MOVING = new Set(['pending', 'authenticating', 'syncing']);
const MAX_STEPS = 100;

interface Begun {
  readonly begun: BegunLink;
  readonly visit: LinkReturn;
}

class LinkBench {
  readonly call: CallContext = { signal: new AbortController().signal };
  private readonly heard: unknown[] = [];
  private readonly secrets: string[] = [];
  private count = 0;

  constructor(readonly harness: LinkHarness) {}

  get links(): LinkFlow {
    const { links } = this.harness.provider;
    if (!links) throw new Error('The provider has no hosted visits.');
    return links;
  }

  get purposes(): readonly LinkPurpose[] {
    return this.harness.provider.credentials.capabilities.link;
  }

  async value<T>(result: Promise<Result<T, ProviderFailure>>): Promise<T> {
    const settled = await this.hear(result);
    if (!settled.ok) throw new Error(`The provider failed: ${settled.failure.code}.`);
    return settled.value;
  }

  async failure(result: Promise<Result<unknown, ProviderFailure>>): Promise<ProviderFailure | 'no failure'> {
    const settled = await this.hear(result);
    return settled.ok ? 'no failure' : settled.failure;
  }

  async hear<T>(result: Promise<Result<T, ProviderFailure>>): Promise<Result<T, ProviderFailure>> {
    const settled = await result;
    this.heard.push(settled);
    return settled;
  }

  request(purpose: LinkPurpose, user: ProviderUserRef, credential?: CredentialRef): LinkRequest {
    this.count += 1;
    const state = `state-${'x'.repeat(32)}-${this.count}`;
    this.secrets.push(state);
    return {
      ...{ user, purpose, institutionId: this.harness.institutionId, callbackUrl: this.harness.callbackUrl },
      ...{ state: new Opened(state), locale: 'en_GB', ...(credential && { credential }) },
    };
  }

  async begin(purpose: LinkPurpose, user: ProviderUserRef, credential?: CredentialRef): Promise<Begun> {
    const request = this.request(purpose, user, credential);
    const begun = await this.value(this.links.begin(request, this.call));
    const { state, callbackUrl } = request;
    const { handle } = begun;
    return {
      begun,
      visit: { user, purpose, state, callbackUrl, ...(credential && { credential }), ...(handle && { handle }) },
    };
  }

  /** @returns the query as the callback hands it on: without `state`, which is checked here. */
  async browse({ begun, visit }: Begun, ending: VisitEnding): Promise<ReadonlyMap<string, string> | null> {
    const back = await this.harness.visit(begun.url.reveal('test'), ending);
    if (!back) return null;
    expect(`${back.origin}${back.pathname}`).toBe(visit.callbackUrl);
    expect(back.searchParams.getAll('state')).toEqual([visit.state.reveal('test')]);
    return new Map([...back.searchParams].filter(([name]) => name !== 'state'));
  }

  /** Completes, and waits for a provider that is not ready. */
  async outcome(
    visit: LinkReturn,
    query: ReadonlyMap<string, string>,
  ): Promise<Exclude<LinkOutcome, { kind: 'not_ready' }>> {
    let current = visit;
    let outcome: LinkOutcome | null = await this.value(this.links.complete(visit, query, this.call));
    for (let step = 0; step < MAX_STEPS; step += 1) {
      if (outcome && outcome.kind !== 'not_ready') return outcome;
      const { retryAt, handle } = outcome ?? { retryAt: this.harness.now() };
      if (handle) current = { ...current, handle };
      this.harness.advance(Math.max(1000, retryAt.getTime() - this.harness.now().getTime()));
      outcome = await this.value(this.links.recover(current, this.call));
    }
    throw new Error('The provider does not get ready.');
  }

  async connected(visit: LinkReturn, query: ReadonlyMap<string, string>): Promise<CredentialSnapshot> {
    const outcome = await this.outcome(visit, query);
    if (outcome.kind !== 'connected') throw new Error(`The visit did not connect: ${outcome.kind}.`);
    return outcome.snapshot;
  }

  /** A whole visit that succeeds. */
  async connect(user: ProviderUserRef): Promise<CredentialSnapshot> {
    const begun = await this.begin('connect', user);
    return this.connected(begun.visit, there(await this.browse(begun, 'success')));
  }

  /** Lets time pass until nothing moves any more. */
  async settled(user: ProviderUserRef, { credentialId }: Pick<CredentialSnapshot, 'credentialId'>) {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const { observation } = await this.value(
        this.harness.provider.credentials.get({ user, credentialId }, this.call),
      );
      if (!MOVING.has(observation.state)) return observation;
      this.harness.advance(1000);
    }
    throw new Error('The credential does not settle.');
  }

  /** Closes, and throws when anything that was said holds a secret. */
  async close(): Promise<void> {
    await this.harness.close();
    const all = [...this.heard, ...this.harness.spoken()];
    const said = inspect(all, { depth: Infinity, showHidden: true }) + JSON.stringify(all);
    for (const secret of [...this.secrets, ...this.harness.secrets]) {
      if (said.includes(secret)) throw new Error('A secret was shown.');
    }
  }
}

function withLinkBench(start: StartLinkHarness): () => LinkBench {
  let bench: LinkBench | undefined;
  beforeEach(async () => {
    bench = new LinkBench(await start());
  });
  afterEach(async () => bench?.close());
  return () => there(bench);
}

function there<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('It is not there.');
  return value;
}

function describeBegin(start: StartLinkHarness): void {
  const at = withLinkBench(start);

  describe('beginning a visit', () => {
    it('gives an address that is a secret, and a limit that lies ahead or none', async () => {
      const { begun } = await at().begin('connect', await at().harness.user());
      expect(URL.canParse(begun.url.reveal('test'))).toBe(true);
      expect(JSON.stringify(begun)).not.toContain(begun.url.reveal('test'));
      if (begun.expiresAt) expect(begun.expiresAt.getTime()).toBeGreaterThan(at().harness.now().getTime());
    });

    it('gives a new address each time', async () => {
      const user = await at().harness.user();
      const first = await at().begin('connect', user);
      const second = await at().begin('connect', user);
      expect(first.begun.url.reveal('test')).not.toBe(second.begun.url.reveal('test'));
    });

    it('refuses the purposes that are not published, and says what to do instead', async () => {
      const user = await at().harness.user();
      expect(at().purposes).toContain('connect');
      for (const purpose of LINK_PURPOSES.filter((each) => !at().purposes.includes(each))) {
        const request = at().request(purpose, user, { user, credentialId: new Opened('0'.repeat(32)) });
        expect(await at().failure(at().links.begin(request, at().call))).toMatchObject({
          code: 'capability_unsupported',
          mayHaveHappened: false,
        });
      }
    });

    it('sends nothing for a caller who has given up', async () => {
      const request = at().request('connect', await at().harness.user());
      const failure = await at().failure(at().links.begin(request, { signal: AbortSignal.abort() }));
      expect(failure).toMatchObject({ code: 'provider.aborted', mayHaveHappened: false });
    });
  });
}

function describeConnect(start: StartLinkHarness): void {
  const at = withLinkBench(start);

  describe('a visit to connect', () => {
    it('brings the state back, and a credential that is this user’s and becomes active', async () => {
      const user = await at().harness.user();
      const snapshot = await at().connect(user);
      expect(snapshot.institutionId).toBe(at().harness.institutionId);
      expect(await at().settled(user, snapshot)).toMatchObject({ state: 'active' });
    });

    it('that the user leaves has ended', async () => {
      const begun = await at().begin('connect', await at().harness.user());
      const query = await at().browse(begun, 'cancelled');
      if (!query) return;
      expect(await at().outcome(begun.visit, query)).toMatchObject({ kind: 'ended', cause: 'user_cancelled' });
    });

    it('whose login the bank refuses, or whose bank is down, never connects as if all were well', async () => {
      const causes = { wrong_login: ['wrong_credentials'], bank_down: ['bank_unavailable', 'provider_unavailable'] };
      for (const ending of ['wrong_login', 'bank_down'] as const) {
        const user = await at().harness.user();
        const begun = await at().begin('connect', user);
        const query = await at().browse(begun, ending);
        if (!query) continue;
        const outcome = await at().outcome(begun.visit, query);
        if (outcome.kind === 'ended') expect(causes[ending]).toContain(outcome.cause);
        else if (outcome.kind === 'connected') {
          expect(causes[ending]).toContain((await at().settled(user, outcome.snapshot)).cause);
        } else throw new Error(`Not expected: ${outcome.kind}.`);
      }
    });

    it('is found, or not, without the browser, and never another user’s', async () => {
      const user = await at().harness.user();
      const begun = await at().begin('connect', user);
      expect(await at().value(at().links.recover(begun.visit, at().call))).toBeNull();
      await at().connect(await at().harness.user());
      expect(await at().value(at().links.recover(begun.visit, at().call))).toBeNull();
      await at().harness.visit(begun.begun.url.reveal('test'), 'success');
      at().harness.advance(60_000);
      const found = await at().value(at().links.recover(begun.visit, at().call));
      if (found?.kind !== 'connected') return;
      expect(await at().settled(user, found.snapshot)).toMatchObject({ state: 'active' });
    });
  });
}

function describeRepair(start: StartLinkHarness): void {
  const at = withLinkBench(start);

  describe.each(['renew', 'update_login'] as const)('a visit to %s', (purpose) => {
    it('heals a credential of the same bank and login', async () => {
      if (!at().purposes.includes(purpose)) return;
      const user = await at().harness.user();
      const broken = there(await at().harness.needing(purpose, user));
      const before = await at().value(at().harness.provider.credentials.get(broken, at().call));
      const begun = await at().begin(purpose, user, broken);
      const snapshot = await at().connected(begun.visit, there(await at().browse(begun, 'success')));
      expect(snapshot.institutionId).toBe(before.institutionId);
      if (purpose === 'renew' && before.loginIdentity)
        expect(snapshot.loginIdentity?.reveal('test')).toBe(before.loginIdentity.reveal('test'));
      expect(await at().settled(user, snapshot)).toMatchObject({ state: 'active' });
    });

    it('that the user leaves has ended, and the credential is as it was', async () => {
      if (!at().purposes.includes(purpose)) return;
      const user = await at().harness.user();
      const broken = there(await at().harness.needing(purpose, user));
      const before = await at().settled(user, broken);
      const begun = await at().begin(purpose, user, broken);
      const query = await at().browse(begun, 'cancelled');
      if (!query) return;
      expect(await at().outcome(begun.visit, query)).toMatchObject({ kind: 'ended', cause: 'user_cancelled' });
      expect(await at().settled(user, broken)).toMatchObject({ state: before.state, cause: before.cause });
    });
  });
}

function describeForgery(start: StartLinkHarness): void {
  const at = withLinkBench(start);
  const connects = (result: Result<LinkOutcome | null, ProviderFailure>) =>
    result.ok && result.value?.kind === 'connected';

  describe('a query that somebody made up', () => {
    it('with another user’s credential never connects', async () => {
      const stranger = await at().connect(await at().harness.user());
      const queries = at().harness.forged(stranger);
      expect(queries.length).toBeGreaterThan(0);
      for (const query of queries) {
        const { visit } = await at().begin('connect', await at().harness.user());
        expect(connects(await at().hear(at().links.complete(visit, query, at().call)))).toBe(false);
      }
    });

    it('of nonsense never connects and never throws', async () => {
      const { visit } = await at().begin('connect', await at().harness.user());
      const names = [...(at().harness.forged(fakeSnapshot())[0] ?? new Map<string, string>()).keys()];
      const values = ['', ' ', '../../x', '0'.repeat(32), 'a'.repeat(20_000), '\u0000\r\nX: y', '{"a":1}', '💥'];
      const made = values.map((value) => new Map(names.map((name) => [name, value])));
      const errors = [new Map([['error', 'NO_SUCH_ERROR']]), new Map([['error', '<script>alert(1)</script>']])];
      for (const query of [new Map<string, string>(), new Map([['x', 'y']]), ...made, ...errors]) {
        const result = await at().hear(at().links.complete(visit, query, at().call));
        expect(connects(result)).toBe(false);
        if (result.ok && result.value.kind === 'ended') expect(result.value.providerReason).toMatch(/^[\w .:-]{1,80}$/);
      }
    });
  });
}

function fakeSnapshot(): CredentialSnapshot {
  const observation = { state: 'active', cause: 'none', providerStatus: 'X', providerStatusAt: null } as const;
  return { credentialId: new Opened('f'.repeat(32)), institutionId: 'x', loginIdentity: null, observation };
}

function describeTrouble(start: StartLinkHarness): void {
  const at = withLinkBench(start);

  describe('trouble while we ask the provider about a visit', () => {
    it.each(['unavailable', 'nonsense', 'connection_lost'] as const)('is a failure: %s', async (kind) => {
      const user = await at().harness.user();
      const begun = await at().begin('connect', user);
      const query = there(await at().browse(begun, 'success'));
      at().harness.trouble(kind);
      const code = kind === 'nonsense' ? 'provider.bad_response' : 'provider.unavailable';
      expect(await at().failure(at().links.complete(begun.visit, query, at().call))).toMatchObject({ code });
    });

    it('ends when the caller gives up', async () => {
      const begun = await at().begin('connect', await at().harness.user());
      const query = there(await at().browse(begun, 'success'));
      const signal = AbortSignal.abort();
      expect(await at().failure(at().links.complete(begun.visit, query, { signal }))).toMatchObject({
        code: 'provider.aborted',
      });
    });

    it('ends with the adapter’s own deadline', async () => {
      // Long enough for the calls before, which must not meet it, also on a busy machine.
      const bench = new LinkBench(await start({ deadlineMs: 1000 }));
      try {
        const begun = await bench.begin('connect', await bench.harness.user());
        const query = there(await bench.browse(begun, 'success'));
        bench.harness.trouble('hang');
        expect(await bench.failure(bench.links.complete(begun.visit, query, bench.call))).toMatchObject({
          code: 'provider.timeout',
        });
      } finally {
        await bench.close();
      }
    });
  });
}
