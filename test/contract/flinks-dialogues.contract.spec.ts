import type { ProviderUserRef } from '../../src/credentials/credential-ref.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.js';
import type { FlinksSimulator, FlinksSimulatorOptions } from '../../src/sandbox/flinks/flinks-simulator.types.js';
import { rightAnswers } from '../fixtures/flinks/flinks-bench.js';
import { API_KEY, CUSTOMER, flinksUnderTest, SECRET_KEY } from '../fixtures/flinks/flinks-under-test.js';
import { RememberingCore } from './remembering-core.js';

const user = 'cust-1' as ProviderUserRef;
const call = { signal: new AbortController().signal };
const login = (username: string, password = 'Everyday') =>
  new Map([
    ['username', new Opened(username)],
    ['password', new Opened(password)],
  ]);

describe('Flinks and its simulator', () => {
  let clock: MovableClock;
  let simulator: FlinksSimulator;
  let flinks: ReturnType<typeof flinksUnderTest>;
  let core: RememberingCore;

  const start = async (options: Partial<FlinksSimulatorOptions> = {}): Promise<void> => {
    clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
    const keys = { secretKey: SECRET_KEY, apiKey: API_KEY };
    simulator = await createFlinksSimulator({ clock, customerId: CUSTOMER, ...keys, ...options });
    flinks = flinksUnderTest(simulator.apiUrl, clock, { connectUrl: simulator.connectUrl });
    core = new RememberingCore(flinks.credentials);
  };
  afterEach(async () => {
    flinks.close();
    await simulator.close();
  });

  const create = async (username: string, password?: string) => {
    const created = await core.create(
      { user, institutionId: 'FlinksCapital', fields: login(username, password) },
      call,
    );
    if (!created.ok) throw new Error(created.failure.code);
    const { credentialId, observation } = created.value;
    return { ref: { user, credentialId }, observation };
  };
  const look = async (ref: Awaited<ReturnType<typeof create>>['ref']) => {
    const read = await core.get(ref, call);
    if (!read.ok) throw new Error(read.failure.code);
    return read.value.observation;
  };
  /** Answers well until nothing is asked, then waits for the data. @returns how often was asked. */
  const finish = async ({ ref, observation }: Awaited<ReturnType<typeof create>>) => {
    let current = observation;
    let asked = 0;
    for (let step = 0; step < 60 && current.state !== 'active'; step += 1) {
      if (current.challenge) {
        const answers = rightAnswers(simulator, current.challenge);
        const answered = await core.submitSupplementalInformation(ref, current.challenge, answers, call);
        if (!answered.ok) throw new Error(answered.failure.code);
        asked += 1;
      }
      clock.advance(1000);
      current = await look(ref);
    }
    return { state: current.state, asked };
  };

  it.each([
    ['greatday', 1],
    ['greatday_nomfa', 0],
    ['greatday_choice', 1],
    ['greatday_choices', 1],
    ['greatday_image', 1],
    ['greatday_phone', 2],
    ['greatday_together', 1],
    ['greatday_rounds', 4],
    ['test_dispatched', 0],
  ])('%s is asked %i times and connected', async (username, asked) => {
    await start();
    const begun = await create(username);
    expect(await finish(begun)).toEqual({ state: 'active', asked });
    const [card] = simulator.control.state().cards;
    expect(core.latest(begun.ref).credentialId.reveal('test')).toBe(`login:${card?.loginId}:FlinksCapital`);
  });

  it.each([
    ['test_service_unavailable', 'provider.unavailable'],
    ['test_code_too_many_requests', 'provider.rate_limited'],
  ])('%s is %s and leaves nothing behind', async (username, code) => {
    await start();
    await expect(create(username)).rejects.toThrow(code);
    expect(simulator.control.state().cards).toEqual([]);
  });

  it('asks again after a wrong answer, in the same dialogue', async () => {
    await start();
    const begun = await create('greatday');
    const { challenge } = begun.observation;
    if (!challenge) throw new Error('Nothing is asked.');
    const wrong = new Map([...rightAnswers(simulator, challenge).keys()].map((name) => [name, new Opened('xxxx')]));
    const again = await core.submitSupplementalInformation(begun.ref, challenge, wrong, call);
    expect(again).toMatchObject({ value: { state: 'awaiting_user' } });
    expect(await finish({ ...begun, observation: await look(begun.ref) })).toEqual({ state: 'active', asked: 1 });
    expect(simulator.control.attempts()).toHaveLength(1);
  });

  it('a creation that the bank refuses is healed by the right password, and gets its id', async () => {
    await start();
    const begun = await create('greatday_nomfa', 'falsch-77');
    expect(begun.observation).toMatchObject({ state: 'blocked', cause: 'wrong_credentials' });
    const replaced = await flinks.login.replaceLogin(begun.ref, login('greatday_nomfa'), call);
    if (!replaced.ok) throw new Error(replaced.failure.code);
    core.learnSnapshot(begun.ref, replaced.value);
    expect(await finish({ ...begun, observation: await look(begun.ref) })).toEqual({ state: 'active', asked: 0 });
    expect(core.latest(begun.ref).credentialId.reveal('test')).toMatch(/^login:/);
  });

  it('RETRY_LATER, a 401, leaves a credential retrying and the bank in peace', async () => {
    await start();
    const { ref } = await create('greatday_nomfa');
    await finish({ ref, observation: await look(ref) });
    simulator.control.script({ username: 'greatday_nomfa', at: 'authorize', code: 'RETRY_LATER' });
    expect(await core.refresh(ref, { userPresent: true }, call)).toMatchObject({ value: { state: 'retrying' } });
    const attempts = simulator.control.attempts().length;
    for (let round = 0; round < 3; round += 1) expect(await look(ref)).toMatchObject({ state: 'retrying' });
    expect(simulator.control.attempts()).toHaveLength(attempts);
    await core.refresh(ref, { userPresent: true }, call);
    expect(await finish({ ref, observation: await look(ref) })).toEqual({ state: 'active', asked: 0 });
  });

  it('a login that Flinks has forgotten after thirty days is asked for again', async () => {
    await start();
    const { ref } = await create('greatday_nomfa');
    await finish({ ref, observation: await look(ref) });
    clock.advance(31 * 86_400_000);
    expect(await look(ref)).toMatchObject({ state: 'active' });
    expect(await core.refresh(ref, { userPresent: true }, call)).toMatchObject({
      value: { state: 'blocked', cause: 'wrong_credentials' },
    });
  });

  it('sets the nightly refresh, and reads what the night left out', async () => {
    await start();
    const loginId = simulator.control.link({ username: 'greatday' });
    expect(await flinks.schedule.setScheduledRefresh(loginId, true, call)).toEqual({
      ok: true,
      value: { active: true },
    });
    expect(simulator.control.card(loginId).isScheduledRefresh).toBe(true);
    simulator.control.runNightly();
    expect(await flinks.schedule.nightlyRefreshStatus(call)).toMatchObject({ ok: true });
    expect(await flinks.schedule.mfaQuestions(loginId, call)).toMatchObject({ ok: true });
    expect(await flinks.schedule.setScheduledRefresh(loginId, false, call)).toEqual({
      ok: true,
      value: { active: false },
    });
  });

  it('logs in in the background where Flinks has switched it on', async () => {
    await start();
    const loginId = simulator.control.link({ username: 'greatday_nomfa' });
    const begun = await flinks.authorizer.startAsync(loginId, call);
    expect(begun).toMatchObject({ value: { answer: { kind: 'working' } } });
  });

  it('reads accounts, transactions and statements of a session', async () => {
    await start();
    const loginId = simulator.control.link({ username: 'greatday_nomfa' });
    const session = async (): Promise<string> => {
      const cached = await flinks.authorizer.cached(loginId, call);
      return cached.ok ? (cached.value.answer.session.requestId ?? 'none') : cached.failure.code;
    };
    const summary = await flinks.data.accountsSummary(await session(), call);
    const detail = await flinks.data.accountsDetail(await session(), { daysOfTransactions: 'Days90' }, call);
    const statements = await flinks.data.statements(await session(), {}, call);
    for (const read of [summary, detail, statements]) expect(read).toMatchObject({ value: { kind: 'ready' } });
    const accounts = detail.ok && detail.value.kind === 'ready' ? detail.value.value : [];
    expect(accounts.some(({ transactions }) => transactions.length > 0)).toBe(true);
  });
});
