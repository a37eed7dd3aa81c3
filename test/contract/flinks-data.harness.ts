import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.js';
import type { FlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.types.js';
import type { FaultAction } from '../../src/sandbox/simulator/faults.js';
import { API_KEY, CUSTOMER, flinksUnderTest, SECRET_KEY } from '../fixtures/flinks/flinks-under-test.js';
import type { AccountDataHarness, DataTruth, StartDataHarness } from './account-data-harness.js';
import type { Trouble } from './contract-harness.js';
import { SimulatorHarness, troublesQuoting } from './simulator-harness.js';

const DAY_MS = 86_400_000;
const BANK = 'FlinksCapital';
const SAID = 'geheim-77';
const USERNAMES = ['greatday_nomfa', 'greatday_business', 'test_dispatched'];
const TROUBLES: Readonly<Record<Trouble, FaultAction>> = {
  ...troublesQuoting(SAID),
  refuses_installation: { kind: 'respond', status: 401, body: { FlinksCode: 'ACCESS_DENIED', Message: SAID } },
};

/** The real Flinks module against the simulator, on one clock. Each reading is pending twice. */
export const startFlinksData: StartDataHarness = async () => {
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
  const keys = { secretKey: SECRET_KEY, apiKey: API_KEY };
  const simulator = await createFlinksSimulator({ clock, customerId: CUSTOMER, ...keys, cachedPendingPolls: 2 });
  return new FlinksDataHarness(clock, simulator);
};

export class FlinksDataHarness
  extends SimulatorHarness<FlinksSimulator, ReturnType<typeof flinksUnderTest>>
  implements AccountDataHarness
{
  readonly secrets: string[] = [SECRET_KEY, API_KEY, SAID];
  private made = 0;

  constructor(clock: MovableClock, simulator: FlinksSimulator) {
    super(clock, simulator, flinksUnderTest(simulator.apiUrl, clock));
  }

  /** With the nightly refresh on: it is the only fetch without a user. */
  async connected(user: ProviderUserRef): Promise<CredentialRef> {
    const username = USERNAMES[this.made % USERNAMES.length] ?? '';
    this.made += 1;
    const loginId = this.simulator.control.link({ username, scheduleRefresh: true });
    this.secrets.push(loginId, ...this.simulator.control.totals(loginId).accounts.map(({ id }) => id));
    return { user, credentialId: new Opened(`login:${loginId}:${BANK}`) };
  }

  async moreData(): Promise<void> {
    this.advance(3 * DAY_MS);
    this.simulator.control.state();
  }

  troubleData(kind: Trouble): void {
    const path = '/BankingServices/GetAccountsDetail';
    this.simulator.control.addFault({ path, times: null, action: TROUBLES[kind] });
  }

  async remove(ref: CredentialRef): Promise<void> {
    const gone = await this.module.credentials.delete(ref, this.call);
    if (!gone.ok) throw new Error(gone.failure.code);
  }

  truth({ credentialId }: CredentialRef): DataTruth {
    const [, loginId = ''] = credentialId.reveal('test').split(':');
    const { accounts, count, sums } = this.simulator.control.totals(loginId);
    return { accounts: accounts.length, booked: count, bookedSums: new Map(Object.entries(sums)) };
  }

  /** Paths of the calls that arrived since the last time. */
  calls(): readonly string[] {
    const { control } = this.simulator;
    const paths = control.calls().map(({ method, path }) => `${method} ${path.split('/BankingServices').at(-1) ?? ''}`);
    control.clearCalls();
    return paths;
  }
}
