import { randomUUID } from 'node:crypto';

import type { CallContext } from '../../src/credentials/call-context.js';
import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import { fail } from '../../src/credentials/result.js';
import { TRANSPORT_FAILURES } from '../../src/credentials/transport-failures.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { stopReason, withDeadline } from '../../src/platform/http/deadline.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { FAKE_BANK, FAKE_CODE, FAKE_ITEM, FAKE_LOGINS, FAKE_PASSWORD, FakeBank } from '../fakes/provider-bank.fake.js';
import { ProviderFake, type FakeOperation } from '../fakes/provider.fake.js';
import type { ContractHarness, Scenario, ServiceOperation, StartHarness, Trouble } from './contract-harness.js';

const CHANGING: ReadonlySet<ServiceOperation> = new Set([
  ...(['create', 'delete', 'refresh', 'authenticate', 'submitSupplementalInformation'] as const),
]);
const CODES: Readonly<Record<Exclude<Trouble, 'hang'>, ProviderFailure['code']>> = {
  unavailable: 'provider.unavailable',
  rate_limited: 'provider.rate_limited',
  rate_limited_for_a_minute: 'provider.rate_limited',
  nonsense: 'provider.bad_response',
  refuses_installation: 'provider.misconfigured',
  connection_lost: 'provider.unavailable',
};
const UNCERTAIN: ReadonlySet<Trouble> = new Set(['unavailable', 'nonsense', 'connection_lost', 'hang']);

const USERNAMES: Readonly<Partial<Record<Scenario, string>>> = {
  active: FAKE_LOGINS.good,
  asked_for_code: FAKE_LOGINS.asked,
  wrong_login: FAKE_LOGINS.good,
  locked_at_bank: FAKE_LOGINS.locked,
  no_accounts: FAKE_LOGINS.empty,
  bank_down: FAKE_LOGINS.down,
};

const login = (username: string, password = FAKE_PASSWORD) =>
  new Map([
    ['username', new Opened(username)],
    ['password', new Opened(password)],
  ]);

/** The fake that other tests lean on: it must keep the contract too. */
export const startFake: StartHarness = async ({ deadlineMs } = {}) => new FakeHarness(deadlineMs ?? 10_000);

class FakeHarness implements ContractHarness {
  readonly knownItem = FAKE_ITEM;
  readonly secrets: string[] = [FAKE_PASSWORD, FAKE_CODE];
  readonly provider = new ProviderFake();
  private readonly clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
  private readonly bank = new FakeBank(this.provider, this.clock);
  private readonly call = { signal: new AbortController().signal };
  private hangs = 0;
  private toldHangs = 0;

  constructor(private readonly deadlineMs: number) {}

  now(): Date {
    return this.clock.now();
  }

  advance(ms: number): void {
    this.clock.advance(ms);
  }

  async user(): Promise<ProviderUserRef> {
    const user = randomUUID() as ProviderUserRef;
    await this.provider.users.create({ user }, this.call);
    return user;
  }

  goodLogin(user: ProviderUserRef) {
    return { user, institutionId: FAKE_BANK, fields: login(FAKE_LOGINS.good) };
  }

  rightFields() {
    return login(FAKE_LOGINS.good);
  }

  async begin(scenario: Scenario, user: ProviderUserRef): Promise<CredentialRef | null> {
    const username = USERNAMES[scenario];
    if (username === undefined) return null;
    const fields = scenario === 'wrong_login' ? login(username, 'wrong') : login(username);
    const created = await this.provider.credentials.create({ user, institutionId: FAKE_BANK, fields }, this.call);
    if (!created.ok) throw new Error(created.failure.code);
    this.secrets.push(created.value.credentialId.reveal('test'));
    return { user, credentialId: created.value.credentialId };
  }

  approve(): void {
    throw new Error('The fake bank has no pages.');
  }

  answers(_ref: CredentialRef, _challenge: unknown, right: boolean) {
    return new Map([['code', new Opened(right ? FAKE_CODE : '0000')]]);
  }

  trouble(operation: ServiceOperation, kind: Trouble): void {
    const mayHaveHappened = UNCERTAIN.has(kind) && CHANGING.has(operation);
    const retryAt = kind === 'rate_limited_for_a_minute' && new Date(this.now().getTime() + 60_000);
    const failing = (code: ProviderFailure['code']) =>
      fail({ code, message: 'Trouble.', mayHaveHappened, ...(retryAt && { retryAt }) });
    const name: FakeOperation = `credentials.${operation}`;
    this.provider.script.override(
      name,
      kind === 'hang' ? async (...args) => failing(await this.hang(args)) : failing(CODES[kind]),
    );
  }

  clearTroubles(): void {
    this.provider.script.clearOverrides();
  }

  speakNewWords(ref: CredentialRef): void {
    this.bank.show(ref, 'syncing', 'unknown', 'RESTING');
  }

  async hanging(): Promise<void> {
    while (this.hangs <= this.toldHangs) await new Promise((resolve) => setImmediate(resolve));
    this.toldHangs = this.hangs;
  }

  spoken(): readonly unknown[] {
    return [];
  }

  async close(): Promise<void> {
    this.provider.script.reset();
  }

  private async hang(args: readonly unknown[]): Promise<'provider.timeout' | 'provider.aborted'> {
    const { signal } = args.at(-1) as CallContext;
    this.hangs += 1;
    return withDeadline(
      signal,
      this.deadlineMs,
      async (inner) =>
        new Promise((resolve) => {
          inner.addEventListener('abort', () => {
            resolve(TRANSPORT_FAILURES[stopReason(inner)]);
          });
        }),
    );
  }
}
