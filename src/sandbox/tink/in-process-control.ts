import { ControlDesk } from '../simulator/control-desk.js';
import { stateOf } from './credentials-view.js';
import type { PendingIds } from './data/bank-data.js';
import type { Outcome } from './data/demo-users.js';
import { type Totals, totalsOf } from './data/totals.js';
import { approve, cancel, force } from './machine/credential-machine.js';
import type { Credential } from './machine/credential.js';
import { DETAILED } from './machine/detailed-errors.js';
import {
  type CredentialsState,
  type LinkSwitches,
  NothingAwaited,
  type QrForm,
  type SessionKill,
  type StatusChange,
  type TinkControl,
  type TinkState,
  UnknownCredentials,
} from './tink-simulator.types.js';
import type { TinkWorld } from './tink-world.js';
import type { WebhookOffice } from './webhooks/webhook-office.js';
import type { Delivery, Forgery, WebhookSwitches } from './webhooks/webhook-sender.js';

export class InProcessControl extends ControlDesk<TinkWorld> implements TinkControl {
  constructor(
    world: TinkWorld,
    private readonly office: WebhookOffice,
  ) {
    super(world);
  }

  state(): TinkState {
    const { users, faults, baseUrl } = this.world;
    return {
      now: this.world.now(),
      users: [...users.values()].map(({ id, externalUserId, market }) => ({ id, externalUserId, market })),
      credentials: this.world.allCredentials().map((credential) => stateOf(credential, baseUrl)),
      faults: faults.list(),
      maxConcurrentRefreshesPerCredential: this.world.maxConcurrentRefreshes,
    };
  }

  credentials(id: string): CredentialsState {
    return stateOf(this.find(id), this.world.baseUrl);
  }

  setStatus(id: string, { status, detailedError = null, statusPayload = null }: StatusChange): CredentialsState {
    return this.keep(force(this.find(id), { status, detailedError, statusPayload }, this.world.now()));
  }

  setOutcome(id: string, outcome: Outcome): CredentialsState {
    return this.keep({ ...this.find(id), outcome });
  }

  killSession(id: string, how: SessionKill = 'expire'): CredentialsState {
    const killed: Credential = { ...this.find(id), sessionAlive: false };
    if (how === 'silent') return this.keep(killed);
    const expired = { status: 'SESSION_EXPIRED', detailedError: DETAILED.sessionExpired, statusPayload: null } as const;
    return this.keep(force(killed, expired, this.world.now()));
  }

  approve(id: string): CredentialsState {
    const credential = this.find(id);
    return this.keep(approve(credential, credential.outcome, this.world.now(), this.world.stepMs));
  }

  cancel(id: string): CredentialsState {
    return this.keep(cancel(this.find(id), this.world.now(), this.world.stepMs));
  }

  setLink({ spelling, earlyRedirect, nextError }: LinkSwitches): void {
    const { link } = this.world;
    if (spelling !== undefined) link.spelling = spelling;
    if (earlyRedirect !== undefined) link.earlyRedirect = earlyRedirect;
    if (nextError !== undefined) link.nextError = nextError;
  }

  setQrForm(form: QrForm): void {
    this.world.qrForm = form;
  }

  totals({ credentialsId, externalUserId }: { credentialsId?: string; externalUserId?: string } = {}): Totals {
    const user = externalUserId === undefined ? null : this.world.findUser({ externalUserId });
    const credentials = (credentialsId === undefined ? this.world.allCredentials() : [this.find(credentialsId)]).filter(
      ({ userId }) => externalUserId === undefined || userId === user?.id,
    );
    return totalsOf(credentials.flatMap((credential) => this.world.accountsOf(credential)));
  }

  remintIds(id: string, when: 'now' | 'next-run' = 'now'): CredentialsState {
    const credential = this.find(id);
    return this.keep({
      ...credential,
      ...(when === 'now' ? { mints: (credential.mints ?? 0) + 1 } : { remintNext: true }),
    });
  }

  setPendingIds(ids: PendingIds): void {
    this.world.pendingIds = ids;
  }

  setWebhooks(switches: WebhookSwitches): void {
    this.office.set(switches);
  }

  forgeWebhook(id: string, how: Forgery): void {
    this.office.forge(how, this.find(id));
  }

  webhooks(): readonly Delivery[] {
    return this.office.deliveries();
  }

  async flushWebhooks(): Promise<void> {
    await this.office.flush();
  }

  override reset(): void {
    super.reset();
    this.office.reset();
  }

  private find(id: string): Credential {
    const credential = this.world.find(id);
    if (!credential) throw new UnknownCredentials(id);
    return credential;
  }

  private keep(credential: Credential | null): CredentialsState {
    if (!credential) throw new NothingAwaited();
    this.world.put(credential);
    this.world.file.saveSoon();
    return stateOf(credential, this.world.baseUrl);
  }
}
