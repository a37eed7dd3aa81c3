import { randomUUID } from 'node:crypto';

import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { LinkOutcome, LinkReturn } from '../../src/credentials/link-flow.js';
import type { LinkPurpose } from '../../src/credentials/link-purpose.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlanksSimulator } from '../../src/sandbox/flanks/flanks-simulator.js';
import type { FlanksSimulator } from '../../src/sandbox/flanks/flanks-simulator.types.js';
import { walkHostedPages, type Walk } from '../../src/sandbox/flanks/hosted-visitor.js';
import { CLIENT, flanksUnderTest } from '../fixtures/flanks/flanks-under-test.js';

const CODES = '^/v0/platform/link$';
const callbackUrl = 'https://mooring.test/link/flanks/callback';
const call = { signal: new AbortController().signal };
const DAY_MS = 86_400_000;

/** What only Flanks has: codes that get lost, are late or are somebody else's; daily updates; forced tokens. */
describe('Flanks’ visits and lifecycle', () => {
  let clock: MovableClock;
  let simulator: FlanksSimulator;
  let flanks: ReturnType<typeof flanksUnderTest>;

  beforeEach(async () => {
    clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
    simulator = await createFlanksSimulator({ clock, clientId: CLIENT.id, clientSecret: CLIENT.secret });
    flanks = flanksUnderTest(simulator.url, clock, { platformUrl: simulator.platformUrl, linkToken: null });
  });
  afterEach(async () => {
    flanks.close();
    await simulator.close();
  });

  const someone = () => randomUUID() as ProviderUserRef;
  const begin = async (user: ProviderUserRef, purpose: LinkPurpose = 'connect', credential?: CredentialRef) => {
    const asked = { user, purpose, state: new Opened(randomUUID()), callbackUrl, ...(credential && { credential }) };
    const begun = await flanks.link.begin({ ...asked, institutionId: 'testbank' }, call);
    if (!begun.ok) throw new Error(begun.failure.code);
    const { handle, url } = begun.value;
    return { visit: { ...asked, ...(handle && { handle }) }, url: url.reveal('test') };
  };
  const browse = async (url: string, walk?: Walk) => new Map((await walkHostedPages(url, walk)).location?.searchParams);
  const snapshotOf = (outcome: LinkOutcome | null) => {
    if (outcome?.kind !== 'connected') throw new Error(`Not connected: ${outcome?.kind ?? 'null'}.`);
    return outcome.snapshot;
  };
  const complete = async (visit: LinkReturn, query: ReadonlyMap<string, string>) => {
    const completed = await flanks.link.complete(visit, query, call);
    if (!completed.ok) throw new Error(completed.failure.code);
    return completed.value;
  };
  const connect = async (user: ProviderUserRef, walk?: Walk): Promise<CredentialRef> => {
    const { visit, url } = await begin(user);
    const { credentialId } = snapshotOf(await complete(visit, await browse(url, walk)));
    return { user, credentialId };
  };
  const observed = async (ref: CredentialRef) => {
    const read = await flanks.credentials.get(ref, call);
    if (!read.ok) throw new Error(read.failure.code);
    return read.value.observation;
  };
  const recovered = async (visit: LinkReturn) => {
    const found = await flanks.link.recover(visit, call);
    if (!found.ok) throw new Error(found.failure.code);
    return found.value;
  };

  it('finds a visit whose browser never came back, once, and only its own', async () => {
    simulator.control.setSwitches({ lostRedirect: true });
    const [one, other] = [await begin(someone()), await begin(someone())];
    await browse(one.url, { username: 'one' });
    expect(await recovered(other.visit)).toBeNull();
    expect(snapshotOf(await recovered(one.visit)).institutionId).toBe('testbank');
    expect(await recovered(one.visit)).toBeNull();
  });

  it('does not connect another user’s unused code, and leaves nothing of it', async () => {
    const [victim, thief] = [await begin(someone()), await begin(someone())];
    const stolen = await browse(victim.url);
    expect(await flanks.link.complete(thief.visit, stolen, call)).toMatchObject({
      failure: { code: 'authorization.invalid_code' },
    });
    expect(await recovered(thief.visit)).toBeNull();
  });

  it.each([
    ['accept-then-reset', { kind: 'accept-then-reset' }],
    ['reset', { kind: 'reset' }],
    ['malformed', { kind: 'malformed' }],
    ['500', { kind: 'respond', status: 500, body: { error: 'Internal Error' } }],
  ] as const)('does not lose a code to: %s', async (_what, action) => {
    const user = someone();
    await connect(user, { username: 'older' });
    clock.advance(3_600_000);
    const { visit, url } = await begin(user);
    const query = await browse(url, { username: 'younger' });
    simulator.control.addFault({ method: 'POST', path: CODES, action });
    const snapshot = snapshotOf(await complete(visit, query));
    expect(simulator.control.credentials(snapshot.credentialId.reveal('test')).username).toBe('younger');
  });

  it('waits three days for a late code', async () => {
    simulator.control.setSwitches({ delayedExchange: true });
    const { visit, url } = await begin(someone());
    const outcome = await complete(visit, await browse(url));
    if (outcome.kind !== 'not_ready' || !outcome.handle) throw new Error('It is ready.');
    const waiting = { ...visit, handle: outcome.handle };
    clock.advance(2 * DAY_MS);
    expect(await recovered(waiting)).toMatchObject({ kind: 'not_ready' });
    clock.advance(DAY_MS);
    expect(snapshotOf(await recovered(waiting)).institutionId).toBe('testbank');
  });

  it('names the connected credential when the login is there already', async () => {
    const user = someone();
    const { credentialId } = await connect(user);
    const again = await begin(user);
    const outcome = await complete(again.visit, await browse(again.url));
    expect(outcome.kind === 'duplicate' && outcome.credentialId?.reveal('test')).toBe(credentialId.reveal('test'));
    const stranger = await begin(someone());
    expect(await complete(stranger.visit, await browse(stranger.url))).toEqual({ kind: 'duplicate' });
  });

  it('goes through the life of the documentation: pending, active, pending SCA, blocked, and back', async () => {
    const ref = await connect(someone());
    const id = ref.credentialId.reveal('test');
    expect(await observed(ref)).toMatchObject({ state: 'pending', cause: 'first_load', dataAsOf: null });
    clock.advance(10_000);
    const first = await observed(ref);
    expect(first).toMatchObject({ state: 'active', degradedGroups: [] });
    clock.advance(DAY_MS);
    const daily = await observed(ref);
    expect(daily.dataAsOf?.getTime()).toBeGreaterThan(first.dataAsOf?.getTime() ?? Infinity);

    const stops = [
      ['challenge', 'renew', 'reauth_required', 'sca_required'],
      ['refuse', 'update_login', 'blocked', 'credentials_changed'],
    ] as const;
    for (const [answer, purpose, state, cause] of stops) {
      simulator.control.setBankAnswer(id, answer);
      clock.advance(DAY_MS);
      const stopped = await observed(ref);
      expect(stopped).toMatchObject({ state, cause });
      const attempts = simulator.control.credentials(id).bankAttempts.daily;
      clock.advance(7 * DAY_MS);
      expect(await observed(ref)).toMatchObject({ state, cause, dataAsOf: stopped.dataAsOf });
      expect(simulator.control.credentials(id).bankAttempts.daily).toBe(attempts);
      const { visit, url } = await begin(ref.user, purpose, ref);
      expect(await recovered(visit)).toBeNull();
      const healed = snapshotOf(await complete(visit, await browse(url)));
      expect(healed.credentialId.reveal('test')).toBe(id);
      clock.advance(10_000);
      const after = await observed(ref);
      expect(after).toMatchObject({ state: 'active', cause: 'none' });
      expect(after.dataAsOf?.getTime()).toBeGreaterThan(stopped.dataAsOf?.getTime() ?? Infinity);
    }
  });

  it('forces a token for a credential that is well, and heals it by itself', async () => {
    const ref = await connect(someone());
    clock.advance(10_000);
    const { visit, url } = await begin(ref.user, 'update_login', ref);
    expect(await observed(ref)).toMatchObject({ state: 'active' });
    expect(await recovered(visit)).toBeNull();
    await browse(url);
    expect(snapshotOf(await recovered(visit)).credentialId.reveal('test')).toBe(ref.credentialId.reveal('test'));
  });

  it('shows which groups of data are missing', async () => {
    const ref = await connect(someone(), { password: 'DATA_ERROR_PRODUCT_ACCOUNT' });
    clock.advance(10_000);
    expect(await observed(ref)).toMatchObject({ state: 'active', degradedGroups: ['product.account'] });
  });

  it('works with one token at a time and through a revoked one', async () => {
    simulator.control.setSwitches({ singleActiveToken: true });
    const ref = await connect(someone());
    simulator.control.revokeTokens();
    clock.advance(10_000);
    expect(await observed(ref)).toMatchObject({ state: 'active' });
    const second = flanksUnderTest(simulator.url, clock);
    for (const provider of [second, flanks, second, flanks]) {
      expect(await provider.credentials.get(ref, call)).toMatchObject({ ok: true });
    }
    second.close();
  });

  it('creates its Link once, however many begin', async () => {
    await Promise.all([begin(someone()), begin(someone()), begin(someone())]);
    const other = flanksUnderTest(simulator.url, clock, { linkToken: null });
    expect(await other.links.tokenFor(callbackUrl, call)).toMatchObject({ ok: true });
    other.close();
    expect(simulator.control.state().links.map(({ redirectUri }) => redirectUri)).toEqual([callbackUrl]);
  });
});
