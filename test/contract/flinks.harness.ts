import type { Challenge } from '../../src/credentials/challenge.js';
import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.js';
import type { FlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.types.js';
import type { FaultAction } from '../../src/sandbox/simulator/faults.js';
import { after, rightAnswers } from '../fixtures/flinks/flinks-bench.js';
import { API_KEY, CUSTOMER, flinksUnderTest, SECRET_KEY } from '../fixtures/flinks/flinks-under-test.js';
import type { ContractHarness, Scenario, ServiceOperation, StartHarness, Trouble } from './contract-harness.js';
import { SimulatorHarness, troublesQuoting } from './simulator-harness.js';

const AUTHORIZE = { method: 'POST', path: '/BankingServices/Authorize$' };
const ROUTES: Readonly<Record<ServiceOperation, { readonly method: string; readonly path: string }>> = {
  list: AUTHORIZE,
  get: AUTHORIZE,
  create: AUTHORIZE,
  delete: { method: 'DELETE', path: '/BankingServices/DeleteCard/' },
  refresh: AUTHORIZE,
  authenticate: AUTHORIZE,
  qr: AUTHORIZE,
  submitSupplementalInformation: AUTHORIZE,
};

const PASSWORD = 'Everyday';
const WRONG = 'falsch-77';
const TROUBLES: Readonly<Record<Trouble, FaultAction>> = {
  ...troublesQuoting(PASSWORD),
  rate_limited: { kind: 'respond', status: 401, body: { FlinksCode: 'TOO_MANY_REQUESTS', Message: PASSWORD } },
  refuses_installation: { kind: 'respond', status: 401, body: { FlinksCode: 'ACCESS_DENIED', Message: PASSWORD } },
};

const BANK = 'FlinksCapital';
const fields = (username: string, password = PASSWORD) =>
  new Map([
    ['username', new Opened(username)],
    ['password', new Opened(password)],
  ]);

/** The real Flinks module against the simulator, over HTTP, on one clock. */
export const startFlinks: StartHarness = async ({ deadlineMs } = {}) => {
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
  const simulator = await createFlinksSimulator({
    ...{ clock, customerId: CUSTOMER, secretKey: SECRET_KEY, apiKey: API_KEY, pendingPolls: 1 },
    // The first wrong answer ends a dialogue; that Flinks may ask again is tested beside the source.
    answerAttempts: 1,
  });
  return new FlinksHarness(clock, simulator, deadlineMs);
};

class FlinksHarness
  extends SimulatorHarness<FlinksSimulator, ReturnType<typeof flinksUnderTest>>
  implements ContractHarness
{
  readonly knownItem = 'AccountsDetail';
  readonly tellsOwners = false;
  readonly noticesDuplicates = false;
  readonly datesAcceptance = false;
  readonly secrets: string[] = [SECRET_KEY, API_KEY, PASSWORD, WRONG];

  constructor(clock: MovableClock, simulator: FlinksSimulator, deadlineMs?: number) {
    super(clock, simulator, flinksUnderTest(simulator.apiUrl, clock, { connectUrl: simulator.connectUrl }, deadlineMs));
  }

  goodLogin(user: ProviderUserRef) {
    return { user, institutionId: BANK, fields: fields('greatday_nomfa') };
  }

  rightFields() {
    return fields('greatday_business', WRONG);
  }

  async begin(scenario: Scenario, user: ProviderUserRef): Promise<CredentialRef | null> {
    const { control } = this.simulator;
    const ways: Readonly<Partial<Record<Scenario, () => Promise<CredentialRef>>>> = {
      active: async () => this.create(user, 'greatday_nomfa'),
      locked_at_bank: async () => this.create(user, 'test_disabled_account'),
      asked_for_code: async () => this.refreshed(this.link(user, 'greatday_together').ref),
      wrong_login: async () => {
        const { ref } = this.link(user, 'greatday_business');
        control.setPassword('greatday_business', WRONG);
        return this.refreshed(ref);
      },
      bank_down: async () => {
        const { ref } = this.link(user, 'greatday_choices');
        control.script({ username: 'greatday_choices', at: 'authorize', code: 'RETRY_LATER', times: null });
        return this.refreshed(ref);
      },
      sca_required: async () => {
        const { ref, loginId } = this.link(user, 'greatday_image');
        control.setLastRefreshError(loginId, 'QUESTION_NOT_FOUND');
        return ref;
      },
    };
    return (await ways[scenario]?.()) ?? null;
  }

  approve(): void {
    throw new Error('Flinks has no pages of banks.');
  }

  answers(_ref: CredentialRef, challenge: Challenge, right: boolean) {
    if (challenge.kind !== 'submit_information') throw new Error('Nothing is asked.');
    const known = rightAnswers(this.simulator, challenge);
    return right ? known : new Map([...known.keys()].map((name) => [name, new Opened('xxxx')]));
  }

  trouble(operation: ServiceOperation, kind: Trouble): void {
    this.simulator.control.addFault({ ...ROUTES[operation], times: null, action: TROUBLES[kind] });
  }

  speakNewWords(): void {
    const body = { HttpStatusCode: 418, FlinksCode: 'RESTING', Mood: { of: 'the bank' }, News: [1, 2] };
    this.simulator.control.addFault({ ...AUTHORIZE, action: { kind: 'respond', status: 418, body } });
  }

  override async close(): Promise<void> {
    const { cards, sessions } = this.simulator.control.state();
    this.secrets.push(...cards.map(({ loginId }) => loginId), ...sessions.map(({ requestId }) => requestId));
    await super.close();
  }

  private async create(user: ProviderUserRef, username: string): Promise<CredentialRef> {
    const created = await this.module.credentials.create(
      { user, institutionId: BANK, fields: fields(username) },
      this.call,
    );
    if (!created.ok) throw new Error(created.failure.code);
    return after({ user, credentialId: created.value.credentialId }, created.value.observation);
  }

  private link(user: ProviderUserRef, username: string): { readonly ref: CredentialRef; readonly loginId: string } {
    const loginId = this.simulator.control.link({ username });
    return { loginId, ref: { user, credentialId: new Opened(`login:${loginId}:${BANK}`) } };
  }

  private async refreshed(ref: CredentialRef): Promise<CredentialRef> {
    const refreshed = await this.module.credentials.refresh(ref, { userPresent: true }, this.call);
    if (!refreshed.ok) throw new Error(refreshed.failure.code);
    return after(ref, refreshed.value);
  }
}
