import { randomUUID } from 'node:crypto';
import { CallLog } from '../simulator/call-log.js';
import { FaultBoard } from '../simulator/faults.js';
import { StateFile } from '../simulator/state-file.js';
import { type BankAccount, type PendingIds, accountsOf } from './data/bank-data.js';
import { PROVIDERS } from './data/providers.js';
import { LinkSettings } from './link/link-settings.js';
import { advance } from './machine/credential-machine.js';
import type { Credential } from './machine/credential.js';
import { WebhookBook, type WebhookBookState } from './webhooks/webhook-book.js';

import { TokenBook, type TokenBookState } from './token-book.js';
import type { QrForm, TinkSimulatorOptions } from './tink-simulator.types.js';

export interface TinkUser {
  readonly id: string;
  readonly externalUserId: string | null;
  readonly market: string;
  readonly locale: string;
  readonly created: number;
}

interface Snapshot {
  readonly version: 1;
  readonly now: number;
  readonly users: readonly TinkUser[];
  readonly credentials: readonly Credential[];
  readonly tokens: TokenBookState;
  readonly webhooks?: WebhookBookState;
}

/** Ids as the vendor's samples show them: 32 hex digits. */
export const newId = (): string => randomUUID().replaceAll('-', '');

/** The whole state of one simulator. Credentials come out as of now. */
export class TinkWorld {
  readonly faults = new FaultBoard();
  readonly calls = new CallLog();
  readonly link = new LinkSettings();
  readonly tokens = new TokenBook();
  readonly webhooks = new WebhookBook();
  readonly file: StateFile;
  readonly users = new Map<string, TinkUser>();
  private readonly credentialsByUser = new Map<string, Map<string, Credential>>();
  private readonly ownerOf = new Map<string, string>();
  /** Set when the server listens. */
  baseUrl = '';
  qrForm: QrForm;
  pendingIds: PendingIds = 'kept';
  /** How many runs of one credential were ever asked for at once: a second one is refused, but it was asked for. */
  maxConcurrentRefreshes = 0;
  readonly stepMs: number;

  constructor(readonly options: TinkSimulatorOptions) {
    this.qrForm = options.qrForm ?? 'data-url';
    this.stepMs = options.stepMs ?? 1000;
    this.file = new StateFile(options.stateFile ?? null, () => this.snapshot());
  }

  now(): number {
    return this.options.clock.now().getTime();
  }

  findUser(key: { id: string } | { externalUserId: string }): TinkUser | null {
    if ('id' in key) return this.users.get(key.id) ?? null;
    return [...this.users.values()].find((user) => user.externalUserId === key.externalUserId) ?? null;
  }

  deleteUser(id: string): void {
    for (const credential of this.credentialsOf(id)) this.ownerOf.delete(credential.id);
    this.credentialsByUser.delete(id);
    this.tokens.revokeUser(id);
    this.users.delete(id);
  }

  put(credential: Credential): Credential {
    const owned = this.credentialsByUser.get(credential.userId) ?? new Map<string, Credential>();
    this.credentialsByUser.set(credential.userId, owned.set(credential.id, credential));
    this.ownerOf.set(credential.id, credential.userId);
    return credential;
  }

  find(id: string): Credential | null {
    const credential = this.credentialsByUser.get(this.ownerOf.get(id) ?? '')?.get(id);
    return credential ? this.put(advance(credential, this.now())) : null;
  }

  /** Oldest first. */
  credentialsOf(userId: string): readonly Credential[] {
    const now = this.now();
    const owned = [...(this.credentialsByUser.get(userId)?.values() ?? [])];
    return owned.map((credential) => this.put(advance(credential, now)));
  }

  allCredentials(): readonly Credential[] {
    return [...this.credentialsByUser.keys()].flatMap((userId) => this.credentialsOf(userId));
  }

  accountsOf(credential: Credential): readonly BankAccount[] {
    const provider = PROVIDERS.get(credential.providerName);
    return provider ? accountsOf(credential, provider, this.pendingIds) : [];
  }

  delete(credential: Credential): void {
    this.credentialsByUser.get(credential.userId)?.delete(credential.id);
    this.ownerOf.delete(credential.id);
  }

  revokeTokens(): void {
    this.tokens.revokeTokens();
  }

  reset(): void {
    this.users.clear();
    this.credentialsByUser.clear();
    this.ownerOf.clear();
    this.tokens.clear();
    this.faults.clear();
    this.calls.clear();
    this.link.reset();
    this.webhooks.clear();
    this.pendingIds = 'kept';
    this.maxConcurrentRefreshes = 0;
  }

  /** Time goes on where it stood, also when it had been moved ahead. @throws Error for a foreign file. */
  async restore(): Promise<void> {
    const saved = await this.file.load();
    if (saved === null) return;
    if (!isSnapshot(saved)) throw new Error('The state file is not one of this simulator.');
    this.options.clock.advance(Math.max(0, saved.now - this.now()));
    for (const user of saved.users) this.users.set(user.id, user);
    for (const credential of saved.credentials) this.put(credential);
    this.tokens.load(saved.tokens);
    if (saved.webhooks) this.webhooks.load(saved.webhooks);
  }

  private snapshot(): Snapshot {
    return {
      version: 1,
      now: this.now(),
      users: [...this.users.values()],
      credentials: this.allCredentials(),
      tokens: this.tokens.save(),
      webhooks: this.webhooks.save(),
    };
  }
}

function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1 && 'tokens' in value;
}
