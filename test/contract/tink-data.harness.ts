import { randomUUID } from 'node:crypto';

import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createTinkSimulator } from '../../src/sandbox/tink/tink-simulator.js';
import type { TinkSimulator } from '../../src/sandbox/tink/tink-simulator.types.js';
import { CLIENT, tinkUnderTest } from '../fixtures/tink/tink-under-test.js';
import type { AccountDataHarness, DataTruth, StartDataHarness } from './account-data-harness.js';
import type { Trouble } from './contract-harness.js';
import { SimulatorHarness, troublesQuoting } from './simulator-harness.js';

const PASSWORD = 'abc123';
const LOGINS = ['u10000001', 'u10000002'] as const;
const DATA = '^(/data/v2/|/api/v1/provider-consents)';
const DAY_MS = 86_400_000;
const TROUBLES = {
  ...troublesQuoting(`${LOGINS[0]} ${PASSWORD}`),
  refuses_installation: { kind: 'respond', status: 403, body: { errorMessage: PASSWORD, errorCode: '403' } },
} as const;

/** The real Tink module against the simulator, over HTTP, on one clock. */
export const startTinkData: StartDataHarness = async () => {
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
  const simulator = await createTinkSimulator({ clock, clientId: CLIENT.id, clientSecret: CLIENT.secret });
  return new TinkDataHarness(clock, simulator);
};

export class TinkDataHarness
  extends SimulatorHarness<TinkSimulator, ReturnType<typeof tinkUnderTest>>
  implements AccountDataHarness
{
  readonly secrets: string[] = [CLIENT.secret, PASSWORD, ...LOGINS];
  private readonly logins = new Map<ProviderUserRef, number>();

  constructor(
    clock: MovableClock,
    override readonly simulator: TinkSimulator,
  ) {
    super(clock, simulator, tinkUnderTest(simulator.url, clock));
  }

  override async user(): Promise<ProviderUserRef> {
    const user = randomUUID() as ProviderUserRef;
    await this.module.users.create({ user }, this.call);
    return user;
  }

  async connected(user: ProviderUserRef): Promise<CredentialRef> {
    const count = this.logins.get(user) ?? 0;
    this.logins.set(user, count + 1);
    const fields = new Map([
      ['username', new Opened(LOGINS[count] ?? '')],
      ['password', new Opened(PASSWORD)],
    ]);
    const request = { user, institutionId: 'se-demobank-password', fields, returnUrl: 'https://app.test/back' };
    const created = await this.module.credentials.create(request, this.call);
    if (!created.ok) throw new Error(`Not connected: ${created.failure.code}.`);
    const ref = { user, credentialId: created.value.credentialId };
    this.secrets.push(idOf(ref));
    this.advance(5000);
    return ref;
  }

  async moreData(ref: CredentialRef): Promise<void> {
    this.advance(5 * DAY_MS);
    await this.module.credentials.refresh(ref, { userPresent: true }, this.call);
    this.advance(5000);
  }

  troubleData(kind: Trouble): void {
    this.simulator.control.addFault({ path: DATA, times: null, action: TROUBLES[kind] });
  }

  async remove(ref: CredentialRef): Promise<void> {
    await this.module.credentials.delete(ref, this.call);
  }

  truth(ref: CredentialRef): DataTruth {
    const { accounts, booked } = this.simulator.control.totals({ credentialsId: idOf(ref) });
    return {
      accounts: accounts.length,
      booked: Object.values(booked).reduce((sum, { count }) => sum + count, 0),
      bookedSums: new Map(Object.entries(booked).map(([currency, { sum }]) => [currency, sum])),
    };
  }
}

export function idOf(ref: CredentialRef): string {
  return ref.credentialId.reveal('test');
}
