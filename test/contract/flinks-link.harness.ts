import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { CredentialSnapshot } from '../../src/credentials/credentials.service.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.js';
import type { FlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.types.js';
import { walkConnect } from '../../src/sandbox/flinks/testing/connect-visitor.js';
import { API_KEY, CUSTOMER, flinksUnderTest, SECRET_KEY } from '../fixtures/flinks/flinks-under-test.js';
import type { LinkHarness, StartLinkHarness, VisitEnding } from './link-flow.contract.js';
import { SimulatorHarness, troublesQuoting } from './simulator-harness.js';

const PASSWORD = 'Everyday';
const TROUBLES = troublesQuoting(PASSWORD);

/** The real Flinks module and Flinks Connect of the simulator, on one clock. */
export const startFlinksLink: StartLinkHarness = async ({ deadlineMs } = {}) => {
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
  const keys = { secretKey: SECRET_KEY, apiKey: API_KEY };
  const simulator = await createFlinksSimulator({ clock, customerId: CUSTOMER, ...keys });
  return new FlinksLinkHarness(clock, simulator, deadlineMs);
};

class FlinksLinkHarness
  extends SimulatorHarness<FlinksSimulator, ReturnType<typeof flinksUnderTest>>
  implements LinkHarness
{
  readonly callbackUrl = 'https://mooring.test/link/flinks/callback';
  readonly institutionId = 'FlinksCapital';
  readonly secrets: string[] = [SECRET_KEY, API_KEY, PASSWORD];
  private visits = 0;

  constructor(clock: MovableClock, simulator: FlinksSimulator, deadlineMs?: number) {
    super(clock, simulator, flinksUnderTest(simulator.apiUrl, clock, { connectUrl: simulator.connectUrl }, deadlineMs));
  }

  async needing(purpose: string, user: ProviderUserRef): Promise<CredentialRef> {
    const username = purpose === 'renew' ? 'greatday' : 'greatday_business';
    const loginId = this.simulator.control.link({ username });
    this.simulator.control.setLastRefreshError(
      loginId,
      purpose === 'renew' ? 'QUESTION_NOT_FOUND' : 'INVALID_PASSWORD',
    );
    this.advance(1000);
    return { user, credentialId: new Opened(`login:${loginId}:FlinksCapital`) };
  }

  /** Connect keeps users who leave and whose login fails: those endings never reach us. */
  async visit(url: string, ending: VisitEnding): Promise<URL | null> {
    if (ending !== 'success') return null;
    this.advance(5000);
    this.visits += 1;
    const resumed = new URL(url).searchParams.has('requestId');
    const known = this.simulator.control.state().cards.find(({ lastRefreshError }) => lastRefreshError !== null);
    const username = known?.username ?? (this.visits % 2 === 1 ? 'greatday_nomfa' : 'greatday_image');
    const back = await walkConnect(url, this.simulator.control, resumed ? null : { username });
    return back === null ? null : new URL(back);
  }

  forged({ credentialId }: CredentialSnapshot) {
    const [, loginId = 'x'] = credentialId.reveal('test').split(':');
    return [
      new Map([['loginId', loginId]]),
      new Map([
        ['loginId', loginId.toUpperCase()],
        ['institution', 'FlinksCapital'],
      ]),
    ];
  }

  trouble(kind: Parameters<LinkHarness['trouble']>[0]): void {
    this.simulator.control.addFault({ path: '/BankingServices/', times: null, action: TROUBLES[kind] });
  }

  override async close(): Promise<void> {
    const { cards, sessions } = this.simulator.control.state();
    this.secrets.push(...cards.map(({ loginId }) => loginId), ...sessions.map(({ requestId }) => requestId));
    await super.close();
  }
}
