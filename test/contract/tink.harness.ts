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
import { SimulatorHarness, troublesQuoting } from './simulator-harness.js';

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

const TROUBLES: Readonly<Record<Trouble, FaultAction>> = {
  ...troublesQuoting('u10000001 abc123'),
  refuses_installation: { kind: 'respond', status: 403, body: { errorMessage: 'abc123', errorCode: '403' } },
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

class TinkHarness extends SimulatorHarness<TinkSimulator, ReturnType<typeof tinkUnderTest>> implements ContractHarness {
  readonly knownItem = 'CHECKING_ACCOUNTS';
  readonly secrets: string[] = [CLIENT.secret, PASSWORD, 'falsch-77', 'u10000001'];

  constructor(clock: MovableClock, simulator: TinkSimulator, deadlineMs?: number) {
    super(clock, simulator, tinkUnderTest(simulator.url, clock, CLIENT, deadlineMs));
  }

  override async user(): Promise<ProviderUserRef> {
    const user = randomUUID() as ProviderUserRef;
    await this.module.users.create({ user }, this.call);
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
    const created = await this.module.credentials.create(request(user, WAYS[scenario]), this.call);
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

  speakNewWords(ref: CredentialRef): void {
    const view = this.simulator.control.credentials(idOf(ref));
    const body = { ...view, status: 'RESTING', mood: { of: 'the bank' }, sessionExtras: [1, 2] };
    this.simulator.control.addFault({ ...ROUTES.get, action: { kind: 'respond', status: 200, body } });
  }

  /** Signs in at the bank, then lets the session end. */
  private async expire(ref: CredentialRef): Promise<void> {
    const { control } = this.simulator;
    this.advance(3000);
    control.approve(idOf(ref));
    this.advance(10_000);
    await this.module.credentials.get(ref, this.call);
    control.killSession(idOf(ref));
  }
}

function idOf(ref: CredentialRef): string {
  return ref.credentialId.reveal('test');
}
