import { randomUUID } from 'node:crypto';

import type { ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { CredentialSnapshot } from '../../src/credentials/credentials.service.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { browseLink, type LinkVisitor } from '../../src/sandbox/tink/testing/link-browser.js';
import { createTinkSimulator } from '../../src/sandbox/tink/tink-simulator.js';
import type { LinkSwitches, TinkSimulator } from '../../src/sandbox/tink/tink-simulator.types.js';
import { CLIENT, tinkUnderTest } from '../fixtures/tink/tink-under-test.js';
import type { LinkHarness, StartLinkHarness, VisitEnding } from './link-flow.contract.js';
import { SimulatorHarness, troublesQuoting } from './simulator-harness.js';

const GOOD = { username: 'u10000001', password: 'abc123' };
const VISITORS: Readonly<Record<VisitEnding, LinkVisitor>> = {
  success: GOOD,
  cancelled: { leaves: true },
  wrong_login: { ...GOOD, password: 'falsch-77' },
  bank_down: { ...GOOD, username: 'u10000007' },
};
const TROUBLES = troublesQuoting(GOOD.password);

/** The real Tink module and Tink Link of the simulator, on one clock. @param switches how Tink Link behaves. */
export const startTinkLink =
  (switches: LinkSwitches = {}): StartLinkHarness =>
  async ({ deadlineMs } = {}) => {
    const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
    const simulator = await createTinkSimulator({ clock, clientId: CLIENT.id, clientSecret: CLIENT.secret });
    simulator.control.setLink(switches);
    return new TinkLinkHarness(clock, simulator, deadlineMs);
  };

class TinkLinkHarness extends SimulatorHarness<TinkSimulator, ReturnType<typeof tinkUnderTest>> implements LinkHarness {
  readonly callbackUrl = 'https://mooring.test/link/tink/callback';
  readonly institutionId = 'se-demobank-password';
  readonly secrets: string[] = [CLIENT.secret, GOOD.password, GOOD.username, 'falsch-77'];

  constructor(clock: MovableClock, simulator: TinkSimulator, deadlineMs?: number) {
    super(clock, simulator, tinkUnderTest(simulator.url, clock, CLIENT, deadlineMs, simulator.linkUrl));
  }

  override async user(): Promise<ProviderUserRef> {
    const user = randomUUID() as ProviderUserRef;
    await this.module.users.create({ user }, this.call);
    return user;
  }

  async needing(_purpose: string, user: ProviderUserRef) {
    const institutionId = 'se-demobank-open-banking-redirect';
    const created = await this.module.credentials.create({ user, institutionId, fields: new Map() }, this.call);
    if (!created.ok) throw new Error(created.failure.code);
    const { credentialId } = created.value;
    const id = credentialId.reveal('test');
    this.secrets.push(id);
    this.advance(3000);
    this.simulator.control.approve(id);
    this.advance(10_000);
    this.simulator.control.credentials(id);
    this.simulator.control.killSession(id);
    return { user, credentialId };
  }

  async visit(url: string, ending: VisitEnding): Promise<URL> {
    const before = new Set(this.ids());
    const back = await browseLink(url, VISITORS[ending], () => {
      this.advance(1000);
    });
    this.secrets.push(...this.ids().filter((id) => !before.has(id)));
    return back;
  }

  forged({ credentialId }: CredentialSnapshot) {
    const id = credentialId.reveal('test');
    return [
      new Map([['credentials_id', id]]),
      new Map([['credentialsId', id]]),
      new Map([
        ['credentialsId', id],
        ['credentials_id', id.toUpperCase()],
      ]),
      new Map([
        ['error', 'AUTHENTICATION_ERROR'],
        ['credentials', id],
      ]),
    ];
  }

  trouble(kind: Parameters<LinkHarness['trouble']>[0]): void {
    this.simulator.control.addFault({ path: '^/api/', times: null, action: TROUBLES[kind] });
  }

  private ids(): readonly string[] {
    return this.simulator.control.state().credentials.map(({ id }) => id);
  }
}
