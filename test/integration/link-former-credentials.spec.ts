import { randomUUID } from 'node:crypto';

import { DataSource } from 'typeorm';

import { ConnectionLifecycle } from '../../src/connections/connection-lifecycle.js';
import { RetireFormerCredentials } from '../../src/connections/credential-retirement.js';
import { SucceedCredential } from '../../src/connections/credential-succession.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import { ConnectionCreationRepository } from '../../src/connections/persistence/connection-creation.repository.js';
import { ConnectionWorkRepository } from '../../src/connections/persistence/connection-work.repository.js';
import { ConnectionRepository } from '../../src/connections/persistence/connection.repository.js';
import type { Observation } from '../../src/credentials/observation.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import { providerId } from '../../src/credentials/provider-id.js';
import { fail, ok } from '../../src/credentials/result.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { UserRepository } from '../../src/users/persistence/user.repository.js';
import { connection, NOON } from '../factories/connection.factory.js';
import { startWithProviders, type FakeProviderApp } from '../factories/fake-provider-app.factory.js';
import { FakeBank } from '../fakes/provider-bank.fake.js';
import { ProviderFake } from '../fakes/provider.fake.js';

const TESTER = { trigger: 'link', actor: 'tester', requestId: null } as const;
const SEEN: Observation = { state: 'active', cause: 'none', providerStatus: 'OK', providerStatusAt: null };
const AWAY: ProviderFailure = { code: 'provider.unavailable', message: 'Away.', mayHaveHappened: false };

describe('credentials that a connection no longer uses', () => {
  const clock = MovableClock.frozenAt(NOON);
  const one = new ProviderFake('one');
  const two = new ProviderFake('two');
  let app: FakeProviderApp;
  let database: DataSource;
  let lifecycle: ConnectionLifecycle;
  let succession: SucceedCredential;
  let retirement: RetireFormerCredentials;

  beforeAll(async () => {
    new FakeBank(one, clock);
    new FakeBank(two, clock);
    app = await startWithProviders([one, two], clock);
    database = app.app.get(DataSource);
    lifecycle = app.app.get(ConnectionLifecycle, { strict: false });
    succession = app.app.get(SucceedCredential, { strict: false });
    retirement = app.app.get(RetireFormerCredentials, { strict: false });
  });

  beforeEach(async () => {
    await database.query('DELETE FROM former_credentials');
  });

  afterAll(async () => {
    await app.close();
  });

  async function stored(changes: Partial<Connection> = {}): Promise<Connection> {
    const userId = randomUUID();
    const none = { market: null, locale: null, deletionRequestedAt: null };
    await app.app
      .get(UserRepository, { strict: false })
      .insert({ id: userId, externalUserId: userId, createdAt: NOON, ...none });
    const record = connection({
      ...{ id: randomUUID(), userId, provider: providerId('one'), credentialId: new Opened(randomUUID()) },
      ...{ fingerprint: randomUUID(), ...changes },
    });
    await lifecycle.begin(record, TESTER, async () => undefined);
    return record;
  }

  const moved = async (
    from: Connection,
    credential: string,
    { state = 'active', fingerprint = null }: { state?: Observation['state']; fingerprint?: string | null } = {},
  ) => {
    const observation = { ...SEEN, state };
    const snapshot = { credentialId: new Opened(credential), institutionId: 'b', loginIdentity: null, observation };
    return succession.run(from, { provider: two, snapshot, fingerprint }, TESTER);
  };

  const rows = async (): Promise<{ due_at: Date | null; attempts: number; last_failure: string | null }[]> =>
    database.query('SELECT due_at, attempts, last_failure FROM former_credentials ORDER BY created_at, id');
  const deletions = (provider: ProviderFake) =>
    provider.script.calls.filter(({ operation }) => operation === 'credentials.delete').length;
  const found = async (id: string) => app.app.get(ConnectionRepository, { strict: false }).find(id);

  it('are asked for with growing pauses, and a provider that is away long is asked on', async () => {
    await moved(await stored(), randomUUID());
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      one.script.plan('credentials.delete', fail(AWAY));
      expect(await retirement.run()).toBe(1);
      const [row] = await rows();
      expect(row).toMatchObject({ attempts: attempt + 1, last_failure: 'provider.unavailable' });
      const pause = (row?.due_at?.getTime() ?? 0) - clock.now().getTime();
      pauses.push(pause / 1000);
      clock.advance(pause - 1);
      expect(await retirement.run()).toBe(0);
      clock.advance(1);
    }
    expect(pauses.slice(0, 4)).toEqual([30, 60, 120, 240]);
    expect(pauses.at(-1)).toBe(6 * 3600);
    one.script.plan('credentials.delete', ok({ alreadyGone: true }));
    expect(await retirement.run()).toBe(1);
    expect(await rows()).toEqual([]);
  });

  it.each(['credential.not_found', 'provider_user.not_found'] as const)(
    'are gone when the provider says %s',
    async (code) => {
      await moved(await stored(), randomUUID());
      one.script.plan('credentials.delete', fail({ ...AWAY, code }));
      expect(await retirement.run()).toBe(1);
      expect(await rows()).toEqual([]);
    },
  );

  it('wait until the connection has worked without them, and go when it is deleted', async () => {
    const working = await moved(await stored(), randomUUID(), { state: 'pending' });
    const leaving = await moved(await stored(), randomUUID(), { state: 'reauth_required' });
    const before = deletions(one);
    expect(await retirement.run()).toBe(0);
    await lifecycle.apply(working.id, { ...SEEN, state: 'retrying', cause: 'bank_unavailable' }, TESTER);
    expect(await retirement.run()).toBe(0);
    expect(deletions(one)).toBe(before);
    await lifecycle.apply(working.id, SEEN, TESTER);
    expect(await retirement.run()).toBe(1);
    await lifecycle.apply(leaving.id, { state: 'deleting' }, TESTER);
    expect(await retirement.run()).toBe(1);
    expect(deletions(one)).toBe(before + 2);
  });

  it('cannot be taken again in the moment in which they are deleted', async () => {
    const credential = randomUUID();
    await moved(await stored({ credentialId: new Opened(credential) }), randomUUID());
    let taken: unknown = null;
    one.script.plan('credentials.delete', async () => {
      taken = await stored({ credentialId: new Opened(credential) }).catch((error: unknown) => error);
      return ok({ alreadyGone: false });
    });
    await retirement.run();
    expect(taken).toMatchObject({ code: 'credential.busy' });
    expect(
      await app.app
        .get(ConnectionRepository, { strict: false })
        .findByCredential(providerId('one'), new Opened(credential)),
    ).toBeNull();
  });

  it('cannot be taken again either when those before them took long to delete', async () => {
    const credentials = [randomUUID(), randomUUID()];
    for (const credential of credentials) {
      await moved(await stored({ credentialId: new Opened(credential) }), randomUUID());
      clock.advance(1);
    }
    let taken: unknown = null;
    one.script.plan('credentials.delete', () => {
      clock.advance(61_000);
      return ok({ alreadyGone: false });
    });
    one.script.plan('credentials.delete', async () => {
      const [, second = ''] = credentials;
      taken = await stored({ credentialId: new Opened(second) }).catch((error: unknown) => error);
      return ok({ alreadyGone: false });
    });

    expect(await retirement.run()).toBe(2);
    expect(taken).toMatchObject({ code: 'credential.busy' });
  });

  it('do not speak for the connection any more', async () => {
    const before = await stored();
    const known = (await found(before.id)) ?? before;
    const claim = await app.app
      .get(ConnectionWorkRepository, { strict: false })
      .claimWork(before.id, 'w', clock.now(), 40_000);
    await moved(known, randomUUID());

    const gone: Observation = { ...SEEN, state: 'failed', cause: 'permanent' };
    const reading = await lifecycle.apply(before.id, gone, TESTER, { known, readAt: known.version });
    const command = await lifecycle.apply(before.id, gone, TESTER, { fence: claim?.fence ?? 0 });

    expect([reading.refused, command.refused]).toEqual(['overtaken', 'stale_fence']);
    expect(await found(before.id)).toMatchObject({ state: 'active', provider: 'two' });
  });

  it('are written down once for a swap that several processes try', async () => {
    const before = await stored();
    const tried = await Promise.allSettled(
      [randomUUID(), randomUUID(), randomUUID()].map(async (id) => moved(before, id)),
    );
    const failed = tried.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(failed).toHaveLength(2);
    for (const reason of failed) expect(reason).toMatchObject({ code: 'connection.conflict' });
    expect(await rows()).toHaveLength(1);
  });

  it('stay where they are when the new credential or login is not free', async () => {
    const [first, second] = [await stored(), await stored()];
    const credential = randomUUID();
    const taken = await moved(second, credential, { fingerprint: 'taken-login' });
    expect(taken.provider).toBe('two');
    await expect(moved(first, credential)).rejects.toMatchObject({ code: 'connection.duplicate' });
    await expect(moved(first, randomUUID(), { fingerprint: 'taken-login' })).rejects.toMatchObject({
      code: 'connection.duplicate',
    });
    const { userId, externalUserId, provider, institutionId, institutionName, reference } = first;
    await app.app.get(ConnectionCreationRepository, { strict: false }).reserve({
      ...{ id: randomUUID(), userId, externalUserId, provider, institutionId, institutionName, reference },
      ...{ fingerprint: 'coming-login', actor: 'a', requestId: null, createdAt: NOON, recoverAt: NOON },
    });
    await expect(moved(first, randomUUID(), { fingerprint: 'coming-login' })).rejects.toMatchObject({
      code: 'connection.create_in_progress',
    });
    expect(await found(first.id)).toMatchObject({ provider: 'one', version: 1 });
    expect(await rows()).toHaveLength(1);
  });

  it('end together when two connections want the same new credential at once', async () => {
    const both = [await stored(), await stored()];
    const credential = randomUUID();
    const tried = await Promise.allSettled(both.map(async (each) => moved(each, credential)));
    expect(tried.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(tried.find((each) => each.status === 'rejected')).toMatchObject({
      reason: { code: 'connection.duplicate' },
    });
    expect(await rows()).toHaveLength(1);
  });

  it('are not given a new credential when the connection is going', async () => {
    const leaving = await stored();
    await lifecycle.apply(leaving.id, { state: 'deleting' }, TESTER);
    await expect(moved(leaving, randomUUID())).rejects.toMatchObject({ code: 'connection.deleting' });
    expect(await rows()).toEqual([]);
  });
});
