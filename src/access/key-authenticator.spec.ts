import { TaggedCache, type Loaded } from '../cache/tagged-cache.js';
import { MovableClock } from '../platform/time/clock.js';
import type { ClientCaller } from './caller.js';
import { KeyAuthenticator } from './key-authenticator.js';
import { KeyRecords, type KeyRecord } from './key-records.js';
import { secretHash } from './key.js';

const SECRET = 's'.repeat(43);
const BEARER = `Bearer mk_0123456789abcdef_${SECRET}`;
const CALLER: ClientCaller = { kind: 'client', clientId: 'c1', name: 'one', scopes: new Set(['users:read']) };

class FakeCache extends TaggedCache {
  current: string | null = 'g1';
  atHand = false;

  override async read<T>(_key: string, _tags: readonly string[], load: () => Promise<Loaded<T>>): Promise<T> {
    return (await load()).value;
  }

  override async invalidate(): Promise<void> {
    this.current = `${this.current ?? 'g'}+`;
  }

  override peekGeneration(): string | undefined {
    return this.atHand ? (this.current ?? undefined) : undefined;
  }

  override async generation(): Promise<string | null> {
    return this.current;
  }
}

class FakeKeys extends KeyRecords {
  readonly asked: string[] = [];
  record: KeyRecord | null = { caller: CALLER, secretHash: secretHash(SECRET) };

  override async find(keyId: string): Promise<KeyRecord | null> {
    this.asked.push(keyId);
    return keyId === '0123456789abcdef' ? this.record : null;
  }
}

function setUp() {
  const keys = new FakeKeys();
  const cache = new FakeCache();
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z'));
  return { keys, cache, clock, authenticator: new KeyAuthenticator(keys, cache, clock) };
}

describe.each([
  ['at hand', true],
  ['away from here', false],
])('KeyAuthenticator with the generation %s', (_where, atHand) => {
  function start() {
    const made = setUp();
    made.cache.atHand = atHand;
    return made;
  }

  it.each([BEARER, BEARER.replace('Bearer', 'bearer'), BEARER.replace(' ', '   ')])('knows %s', async (header) => {
    expect(await start().authenticator.callerOf(header)).toBe(CALLER);
  });

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['the scheme alone', 'Bearer '],
    ['another scheme', BEARER.replace('Bearer', 'Basic')],
    ['no scheme', BEARER.replace('Bearer ', '')],
    ['two keys', `${BEARER}, ${BEARER}`],
    ['something after the key', `${BEARER} x`],
  ])('does not even look for %s', async (_case, header) => {
    const { authenticator, keys } = start();
    expect(await authenticator.callerOf(header)).toBeNull();
    expect(keys.asked).toEqual([]);
  });

  it.each([
    ['another secret', `Bearer mk_0123456789abcdef_${'t'.repeat(43)}`],
    ['another id', `Bearer mk_0123456789abcdee_${SECRET}`],
    ['a chosen secret that nobody chose', `Bearer ${SECRET}`],
  ])('does not know %s', async (_case, header) => {
    expect(await start().authenticator.callerOf(header)).toBeNull();
  });

  it('looks a key up once, whether it is known or not', async () => {
    const { authenticator, keys } = start();
    const unknown = `Bearer mk_ffffffffffffffff_${SECRET}`;
    for (const header of [BEARER, unknown, BEARER, unknown]) await authenticator.callerOf(header);
    expect(keys.asked).toEqual(['0123456789abcdef', 'ffffffffffffffff']);
  });

  it('proves the secret each time, although the key is known', async () => {
    const { authenticator } = start();
    await authenticator.callerOf(BEARER);
    expect(await authenticator.callerOf(`Bearer mk_0123456789abcdef_${'t'.repeat(43)}`)).toBeNull();
  });

  it('sees a revocation as soon as the generation changes', async () => {
    const { authenticator, keys, cache } = start();
    await authenticator.callerOf(BEARER);
    keys.record = null;
    await cache.invalidate();
    expect(await authenticator.callerOf(BEARER)).toBeNull();
  });

  it.each([['g1'], [null]])('sees a revocation after two seconds when the generation stays %s', async (generation) => {
    const { authenticator, keys, cache, clock } = start();
    cache.current = generation;
    await authenticator.callerOf(BEARER);
    keys.record = null;
    clock.advance(1_999);
    expect(await authenticator.callerOf(BEARER)).toBe(CALLER);
    clock.advance(1);
    expect(await authenticator.callerOf(BEARER)).toBeNull();
  });
});
