import { randomUUID } from 'node:crypto';

import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { CredentialSnapshot } from '../../src/credentials/credentials.service.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.js';
import type { FlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.types.js';
import { walkConnect } from '../../src/sandbox/flinks/testing/connect-visitor.js';
import type { FaultAction } from '../../src/sandbox/simulator/faults.js';
import { API_KEY, CUSTOMER, flinksUnderTest, SECRET_KEY } from '../fixtures/flinks/flinks-under-test.js';
import type { LinkHarness, StartLinkHarness, VisitEnding } from './link-flow.contract.js';

const PASSWORD = 'Everyday';
const TROUBLES: Readonly<Record<Parameters<LinkHarness['trouble']>[0], FaultAction>> = {
  unavailable: { kind: 'respond', status: 502, contentType: 'text/html', body: `<html>${PASSWORD}</html>` },
  nonsense: { kind: 'malformed' },
  connection_lost: { kind: 'reset' },
  hang: { kind: 'hang' },
};

/** The real Flinks module and Flinks Connect of the simulator, on one clock. */
export const startFlinksLink: StartLinkHarness = async ({ deadlineMs } = {}) => {
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
  const keys = { secretKey: SECRET_KEY, apiKey: API_KEY };
  const simulator = await createFlinksSimulator({ clock, customerId: CUSTOMER, ...keys });
  return new FlinksLinkHarness(clock, simulator, deadlineMs);
};

class FlinksLinkHarness implements LinkHarness {
  readonly callbackUrl = 'https://mooring.test/link/flinks/callback';
  readonly institutionId = 'FlinksCapital';
  readonly secrets: string[] = [SECRET_KEY, API_KEY, PASSWORD];
  private readonly flinks: ReturnType<typeof flinksUnderTest>;
  private visits = 0;

  constructor(
    private readonly clock: MovableClock,
    private readonly simulator: FlinksSimulator,
    deadlineMs?: number,
  ) {
    this.flinks = flinksUnderTest(simulator.apiUrl, clock, { connectUrl: simulator.connectUrl }, deadlineMs);
  }

  get provider() {
    return this.flinks.provider;
  }

  now(): Date {
    return this.clock.now();
  }

  advance(ms: number): void {
    this.clock.advance(ms);
  }

  async user(): Promise<ProviderUserRef> {
    return randomUUID() as ProviderUserRef;
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

  clearTroubles(): void {
    this.simulator.control.clearFaults();
  }

  spoken(): readonly unknown[] {
    return [this.flinks.observer.calls, this.flinks.observer.words];
  }

  async close(): Promise<void> {
    const { cards, sessions } = this.simulator.control.state();
    this.secrets.push(...cards.map(({ loginId }) => loginId), ...sessions.map(({ requestId }) => requestId));
    this.flinks.close();
    await this.simulator.close();
  }
}
