import { randomUUID } from 'node:crypto';

import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlanksSimulator } from '../../src/sandbox/flanks/flanks-simulator.js';
import type { FlanksSimulator } from '../../src/sandbox/flanks/flanks-simulator.types.js';
import { walkHostedPages } from '../../src/sandbox/flanks/hosted-visitor.js';
import type { FaultAction } from '../../src/sandbox/simulator/faults.js';
import { CLIENT, flanksUnderTest } from '../fixtures/flanks/flanks-under-test.js';
import type { ContractHarness, Scenario, ServiceOperation, StartHarness, Trouble } from './contract-harness.js';
import { SimulatorHarness, troublesQuoting } from './simulator-harness.js';

const NOWHERE = { method: 'GET', path: '^/nowhere$' };
const ROUTES: Readonly<Record<ServiceOperation, { readonly method: string; readonly path: string }>> = {
  list: { method: 'POST', path: '^/v0/bank/credentials/list$' },
  get: { method: 'POST', path: '^/v0/bank/credentials/status$' },
  delete: { method: 'DELETE', path: '^/v0/bank/credentials$' },
  create: NOWHERE,
  refresh: NOWHERE,
  authenticate: NOWHERE,
  qr: NOWHERE,
  submitSupplementalInformation: NOWHERE,
};

const PASSWORD = 'correct-horse';
export const TROUBLES: Readonly<Record<Trouble, FaultAction>> = {
  ...troublesQuoting(PASSWORD),
  refuses_installation: { kind: 'respond', status: 403, body: { error: 'access_denied' } },
};

const CALLBACK = 'https://mooring.test/link/flanks/callback';

/** The real Flanks module against the simulator, over HTTP, on one clock. */
export const startFlanks: StartHarness = async ({ deadlineMs } = {}) => startFlanksHarness(FlanksHarness, deadlineMs);

export async function startFlanksHarness<H extends FlanksHarness>(
  harness: new (clock: MovableClock, simulator: FlanksSimulator, deadlineMs?: number) => H,
  deadlineMs?: number,
): Promise<H> {
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
  // Pages of one: a user's credentials are found wherever they are.
  const options = { clientId: CLIENT.id, clientSecret: CLIENT.secret, pageSize: 1 };
  return new harness(clock, await createFlanksSimulator({ clock, ...options }), deadlineMs);
}

export class FlanksHarness
  extends SimulatorHarness<FlanksSimulator, ReturnType<typeof flanksUnderTest>>
  implements ContractHarness
{
  readonly knownItem = 'accounts';
  readonly hasStatusWords = false;
  readonly tellsOwners = false;
  readonly secrets: string[] = [CLIENT.secret, PASSWORD];
  private logins = 0;

  constructor(clock: MovableClock, simulator: FlanksSimulator, deadlineMs?: number) {
    const { url, platformUrl } = simulator;
    const deadline = deadlineMs === undefined ? {} : { deadlineMs };
    super(clock, simulator, flanksUnderTest(url, clock, { platformUrl, linkToken: null, ...deadline }));
  }

  goodLogin(user: ProviderUserRef) {
    return { user, institutionId: 'testbank', fields: this.rightFields() };
  }

  rightFields() {
    return new Map([['password', new Opened(PASSWORD)]]);
  }

  async begin(scenario: Scenario, user: ProviderUserRef): Promise<CredentialRef | null> {
    if (scenario !== 'active' && scenario !== 'sca_required' && scenario !== 'login_changed') return null;
    const ref = { user, credentialId: await this.connect(user) };
    const id = ref.credentialId.reveal('test');
    this.secrets.push(id);
    if (scenario === 'sca_required') this.simulator.control.setSca(id, true);
    if (scenario === 'login_changed') this.simulator.control.setBlocked(id, true);
    return ref;
  }

  approve(): void {
    throw new Error('Everything that the user does is over when a credential is there.');
  }

  answers() {
    return new Map<string, Opened>();
  }

  trouble(operation: ServiceOperation, kind: Trouble): void {
    this.simulator.control.addFault({ ...ROUTES[operation], times: null, action: TROUBLES[kind] });
  }

  speakNewWords(): void {
    const errored = { product: { horoscope: true }, mood: 'good' };
    const flags = { pending: false, blocked: false, sca_token: null, reset_token: null };
    const body = { ...flags, name: 'testbank', status: 'RESTING', mood: { of: 'the bank' }, extras: [1, 2], errored };
    this.simulator.control.addFault({ ...ROUTES.get, action: { kind: 'respond', status: 200, body } });
  }

  /** As a user does: through the hosted Link. */
  protected async connect(user: ProviderUserRef): Promise<CredentialRef['credentialId']> {
    const visit = { user, purpose: 'connect', state: new Opened(randomUUID()), callbackUrl: CALLBACK } as const;
    const begun = await this.module.link.begin({ ...visit, institutionId: 'testbank' }, this.call);
    if (!begun.ok) throw new Error(begun.failure.code);
    this.logins += 1;
    const username = `ana.${this.logins}`;
    const { location } = await walkHostedPages(begun.value.url.reveal('test'), { username, password: PASSWORD });
    const outcome = await this.module.link.complete(visit, new Map(location?.searchParams), this.call);
    if (outcome.ok && outcome.value.kind === 'connected') return outcome.value.snapshot.credentialId;
    throw new Error('The visit did not connect.');
  }
}
