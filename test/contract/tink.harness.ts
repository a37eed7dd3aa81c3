import { randomUUID } from 'node:crypto';

import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import type { Outcome } from '../../src/sandbox/tink/data/demo-users.js';
import { createTinkSimulator } from '../../src/sandbox/tink/tink-simulator.js';
import type { TinkSimulator } from '../../src/sandbox/tink/tink-simulator.types.js';
import type { FaultAction } from '../../src/sandbox/simulator/faults.js';
import { CLIENT, tinkUnderTest } from '../fixtures/tink/tink-under-test.js';
import type { ContractHarness, Scenario, ServiceOperation, StartHarness, Trouble } from './contract-harness.js';

const ONE = '/api/v1/credentials/[0-9a-f]{32}';
const ROUTES: Readonly<Record<ServiceOperation, { readonly method: string; readonly path: string }>> = {
  list: { method: 'GET', path: '/api/v1/credentials/list$' },
  get: { method: 'GET', path: `${ONE}$` },
  create: { method: 'POST', path: '/api/v1/credentials$' },
  delete: { method: 'DELETE', path: `${ONE}$` },
  refresh: { method: 'POST', path: `${ONE}/refresh$` },
  authenticate: { method: 'POST', path: `${ONE}/authenticate$` },
  qr: { method: 'GET', path: `${ONE}/qr$` },
  submitSupplementalInformation: { method: 'POST', path: `${ONE}/supplemental-information$` },
};

const html = (status: number, headers: Readonly<Record<string, string>> = {}): FaultAction => ({
  kind: 'respond',
  status,
  headers,
  contentType: 'text/html',
  body: '<html>u10000001 abc123</html>',
});
const TROUBLES: Readonly<Record<Trouble, FaultAction>> = {
  unavailable: html(502),
  rate_limited: html(429),
  rate_limited_for_a_minute: html(429, { 'retry-after': '60' }),
  nonsense: { kind: 'malformed' },
  refuses_installation: { kind: 'respond', status: 403, body: { errorMessage: 'abc123', errorCode: '403' } },
  connection_lost: { kind: 'reset' },
  hang: { kind: 'hang' },
};

interface Way {
  readonly bank: string;
  readonly username?: string;
  readonly password?: string;
  readonly outcome?: Outcome;
}

const PASSWORD = 'abc123';
const WAYS: Readonly<Record<Exclude<Scenario, 'sca_required' | 'login_changed'>, Way>> = {
  active: { bank: 'se-demobank-password', username: 'u10000001' },
  asked_for_code: { bank: 'se-demobank-open-banking-embedded', username: 'u10000001' },
  asked_to_scan: { bank: 'se-demobank-open-banking-bankid' },
  sent_to_bank: { bank: 'se-demobank-open-banking-redirect' },
  wrong_login: { bank: 'se-demobank-password', username: 'u10000001', password: 'falsch-77' },
  locked_at_bank: { bank: 'se-demobank-password', username: 'u10000005' },
  no_accounts: { bank: 'se-demobank-password', username: 'u10000003' },
  bank_down: { bank: 'se-demobank-password', username: 'u10000007' },
  given_up: { bank: 'se-demobank-permanent-error', username: 'u10000001' },
  consent_expired: { bank: 'se-demobank-open-banking-redirect' },
};

const login = (username: string, password: string) =>
  new Map([
    ['username', new Opened(username)],
    ['password', new Opened(password)],
  ]);
const request = (user: ProviderUserRef, { bank, username, password = PASSWORD }: Way) => ({
  user,
  institutionId: bank,
  fields: username === undefined ? new Map<string, Opened>() : login(username, password),
  returnUrl: 'https://app.test/back',
});

/** The real Tink module against the simulator, over HTTP, on one clock. */
export const startTink: StartHarness = async ({ deadlineMs } = {}) => {
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
  const simulator = await createTinkSimulator({ clock, clientId: CLIENT.id, clientSecret: CLIENT.secret });
  return new TinkHarness(clock, simulator, deadlineMs);
};

class TinkHarness implements ContractHarness {
  readonly knownItem = 'CHECKING_ACCOUNTS';
  readonly secrets: string[] = [CLIENT.secret, PASSWORD, 'falsch-77', 'u10000001'];
  private readonly tink: ReturnType<typeof tinkUnderTest>;

  constructor(
    private readonly clock: MovableClock,
    private readonly simulator: TinkSimulator,
    deadlineMs?: number,
  ) {
    this.tink = tinkUnderTest(simulator.url, clock, CLIENT, deadlineMs);
  }

  get provider() {
    return this.tink.provider;
  }

  now(): Date {
    return this.clock.now();
  }

  advance(ms: number): void {
    this.clock.advance(ms);
  }

  async user(): Promise<ProviderUserRef> {
    const user = randomUUID() as ProviderUserRef;
    await this.tink.users.create({ user }, { signal: new AbortController().signal });
    return user;
  }

  goodLogin(user: ProviderUserRef) {
    return request(user, WAYS.active);
  }

  rightFields() {
    return login('u10000001', PASSWORD);
  }

  async begin(scenario: Scenario, user: ProviderUserRef): Promise<CredentialRef | null> {
    if (scenario === 'sca_required' || scenario === 'login_changed') return null;
    const call = { signal: new AbortController().signal };
    const created = await this.tink.credentials.create(request(user, WAYS[scenario]), call);
    if (!created.ok) throw new Error(`No way to ${scenario}: ${created.failure.code}.`);
    const ref = { user, credentialId: created.value.credentialId };
    this.secrets.push(idOf(ref));
    if (scenario === 'consent_expired') await this.expire(ref);
    return ref;
  }

  approve(ref: CredentialRef): void {
    this.simulator.control.approve(idOf(ref));
  }

  answers(ref: CredentialRef, _challenge: unknown, right: boolean) {
    const expected = this.simulator.control.credentials(idOf(ref)).expectedAnswer ?? {};
    return new Map(Object.entries(expected).map(([name, value]) => [name, new Opened(right ? value : 'xxxx')]));
  }

  trouble(operation: ServiceOperation, kind: Trouble): void {
    this.simulator.control.addFault({ ...ROUTES[operation], times: null, action: TROUBLES[kind] });
  }

  clearTroubles(): void {
    this.simulator.control.clearFaults();
  }

  speakNewWords(ref: CredentialRef): void {
    const view = this.simulator.control.credentials(idOf(ref));
    const body = { ...view, status: 'RESTING', mood: { of: 'the bank' }, sessionExtras: [1, 2] };
    this.simulator.control.addFault({ ...ROUTES.get, action: { kind: 'respond', status: 200, body } });
  }

  async hanging(): Promise<void> {
    const isHanging = () => this.simulator.control.calls().some(({ fault }) => fault === 'hang');
    while (!isHanging()) await new Promise((resolve) => setImmediate(resolve));
  }

  spoken(): readonly unknown[] {
    return [this.tink.observer.calls, this.tink.observer.words];
  }

  async close(): Promise<void> {
    this.tink.close();
    await this.simulator.close();
  }

  /** Signs in at the bank, then lets the session end. */
  private async expire(ref: CredentialRef): Promise<void> {
    const { control } = this.simulator;
    this.advance(3000);
    control.approve(idOf(ref));
    this.advance(10_000);
    await this.tink.credentials.get(ref, { signal: new AbortController().signal });
    control.killSession(idOf(ref));
  }
}

function idOf(ref: CredentialRef): string {
  return ref.credentialId.reveal('test');
}
