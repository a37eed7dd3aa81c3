import { randomUUID } from 'node:crypto';

import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { CredentialSnapshot } from '../../src/credentials/credentials.service.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import type { LinkOutcome } from '../../src/credentials/link-flow.js';
import type { Result } from '../../src/credentials/result.js';
import type { FlanksConfig } from '../../src/config/slices.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlanksSimulator } from '../../src/sandbox/flanks/flanks-simulator.js';
import type { FlanksSimulator, FlanksSwitches } from '../../src/sandbox/flanks/flanks-simulator.types.js';
import { walkHostedPages, type Walk } from '../../src/sandbox/flanks/hosted-visitor.js';
import { CLIENT, flanksUnderTest } from '../fixtures/flanks/flanks-under-test.js';
import type { LinkHarness, StartLinkHarness, VisitEnding } from './link-flow.contract.js';
import { SimulatorHarness, troublesQuoting } from './simulator-harness.js';

const PASSWORD = 'correct-horse';
const MAX_STEPS = 100;
const WALKS: Readonly<Record<VisitEnding, Walk>> = {
  success: { password: PASSWORD },
  cancelled: { leaves: true },
  wrong_login: { password: 'INVALID_CREDENTIALS' },
  bank_down: { password: 'INTERNAL_ERROR' },
};
const TROUBLES = troublesQuoting(PASSWORD);

/** The real Flanks module and the simulator's hosted pages, on one clock. @param switches how Flanks behaves. */
export const startFlanksLink =
  (flow: FlanksConfig['flow'], switches: Partial<FlanksSwitches> = {}): StartLinkHarness =>
  async ({ deadlineMs } = {}) => {
    const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
    const options = { clientId: CLIENT.id, clientSecret: CLIENT.secret, ...switches };
    return new FlanksLinkHarness(clock, await createFlanksSimulator({ clock, ...options }), flow, deadlineMs);
  };

export class FlanksLinkHarness
  extends SimulatorHarness<FlanksSimulator, ReturnType<typeof flanksUnderTest>>
  implements LinkHarness
{
  readonly callbackUrl = 'https://mooring.test/link/flanks/callback';
  readonly institutionId = 'testbank';
  readonly secrets: string[] = [CLIENT.secret, PASSWORD];
  private visits = 0;

  constructor(
    clock: MovableClock,
    simulator: FlanksSimulator,
    private readonly flow: FlanksConfig['flow'],
    deadlineMs?: number,
  ) {
    const { url, platformUrl } = simulator;
    const deadline = deadlineMs === undefined ? {} : { deadlineMs };
    super(clock, simulator, flanksUnderTest(url, clock, { platformUrl, flow, linkToken: null, ...deadline }));
  }

  async needing(purpose: 'renew' | 'update_login', user: ProviderUserRef): Promise<CredentialRef> {
    const visit = { user, purpose: 'connect', state: new Opened(randomUUID()), callbackUrl: this.callbackUrl } as const;
    const { links } = this.module.provider;
    const begun = await links.begin({ ...visit, institutionId: this.institutionId }, this.call);
    if (!begun.ok) throw new Error(begun.failure.code);
    const back = await this.visit(begun.value.url.reveal('test'), 'success');
    const { handle } = begun.value;
    const returned = { ...visit, ...(handle && { handle }) };
    let outcome: Result<LinkOutcome | null, ProviderFailure> = await links.complete(
      returned,
      withoutState(back),
      this.call,
    );
    for (let step = 0; step < MAX_STEPS && outcome.ok && outcome.value?.kind !== 'connected'; step += 1) {
      const { retryAt, handle: later = handle } =
        outcome.value?.kind === 'not_ready' ? outcome.value : { retryAt: this.now() };
      this.advance(Math.max(1000, retryAt.getTime() - this.now().getTime()));
      outcome = await links.recover({ ...returned, ...(later && { handle: later }) }, this.call);
    }
    if (!outcome.ok || outcome.value?.kind !== 'connected') throw new Error('The visit did not connect.');
    const { credentialId } = outcome.value.snapshot;
    this.advance(10_000);
    const id = credentialId.reveal('test');
    this.secrets.push(id);
    if (purpose === 'renew') this.simulator.control.setSca(id, true);
    else this.simulator.control.setBlocked(id, true);
    return { user, credentialId };
  }

  async visit(url: string, ending: VisitEnding): Promise<URL | null> {
    this.visits += 1;
    const repairs = /[?&](sca|reset)_token=/.test(url) || this.flow === 'session';
    const own = repairs ? {} : { username: `ana.${this.visits}` };
    const { location } = await walkHostedPages(url, { ...own, ...WALKS[ending] });
    return location;
  }

  forged({ credentialId }: CredentialSnapshot) {
    const id = credentialId.reveal('test');
    return this.flow === 'session'
      ? [
          new Map([['session_id', id]]),
          new Map([
            ['session_id', 'ses_1'],
            ['connection_id', id],
          ]),
        ]
      : [
          new Map([['code', id]]),
          new Map([['credentials_token', id]]),
          new Map([
            ['code', 'x'],
            ['connection_id', id],
          ]),
        ];
  }

  trouble(kind: Parameters<LinkHarness['trouble']>[0]): void {
    this.simulator.control.addFault({ path: '^/(v0|connect/v2)/', times: null, action: TROUBLES[kind] });
  }
}

function withoutState(back: URL | null): ReadonlyMap<string, string> {
  return new Map([...(back?.searchParams ?? [])].filter(([name]) => name !== 'state'));
}
