import type { Challenge } from '../../src/credentials/challenge.js';
import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { CreateCredential, CredentialsService } from '../../src/credentials/credentials.service.js';
import type { Provider } from '../../src/credentials/provider.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';

/** What can be made to go wrong at the provider's side. */
export type Trouble =
  | 'unavailable'
  | 'rate_limited'
  | 'rate_limited_for_a_minute'
  | 'nonsense'
  | 'refuses_installation'
  | 'connection_lost'
  | 'hang';

export type ServiceOperation = Exclude<keyof CredentialsService, 'capabilities' | 'loginIdentity'>;

/** Where a credential can be brought to. `none` = the provider has no such thing. */
export type Scenario =
  | 'active'
  | 'asked_for_code'
  | 'asked_to_scan'
  | 'sent_to_bank'
  | 'wrong_login'
  | 'locked_at_bank'
  | 'no_accounts'
  | 'bank_down'
  | 'given_up'
  | 'consent_expired'
  | 'sca_required'
  | 'login_changed';

/** Everything about a provider that the contract must not know. One for each test. */
export interface ContractHarness {
  readonly provider: Provider;
  /** Of the clock that provider and simulator share. */
  now(): Date;
  /** Moves that clock, and with it the provider's work. */
  advance(ms: number): void;
  /** A user that exists at the provider. */
  user(): Promise<ProviderUserRef>;
  /** A login that the bank takes without asking. */
  goodLogin(user: ProviderUserRef): Omit<CreateCredential, 'reference'>;
  /** Other correct fields for `wrong_login`. */
  rightFields(): ReadonlyMap<string, SecretValue>;
  /** Begins a connection on its way to a scenario; `null` when the provider has no such thing. */
  begin(scenario: Scenario, user: ProviderUserRef): Promise<CredentialRef | null>;
  /** Like time and the user at the bank: lets an open third-party step succeed. */
  approve(ref: CredentialRef): void;
  /** The answers that end the open question well or badly. */
  answers(ref: CredentialRef, challenge: Challenge, right: boolean): ReadonlyMap<string, SecretValue>;
  /** From now on this operation goes wrong, until cleared. */
  trouble(operation: ServiceOperation, kind: Trouble): void;
  clearTroubles(): void;
  /** The provider adds members that nobody knows to the credential, and a status that nobody knows if it has words. */
  speakNewWords(ref: CredentialRef): void;
  /** A group of data that the provider knows. */
  readonly knownItem: string;
  /** False = the provider has flags instead of a word for a status. */
  readonly hasStatusWords?: boolean;
  /** False = reading a credential does not tell whose it is; only the list does. */
  readonly tellsOwners?: boolean;
  /** False = the same login again is the same credential, not a duplicate. */
  readonly noticesDuplicates?: boolean;
  /** False = an accepted creation has no time of the provider; the first data have one. */
  readonly datesAcceptance?: boolean;
  /** Resolves when a call hangs at the provider that no earlier `hanging` has told of. */
  hanging(): Promise<void>;
  /** Texts that must never be seen. */
  readonly secrets: readonly string[];
  /** All that was logged or measured. */
  spoken(): readonly unknown[];
  close(): Promise<void>;
}

/** @param deadlineMs after which the adapter itself gives up one call; absent = its default. */
export type StartHarness = (options?: { readonly deadlineMs?: number }) => Promise<ContractHarness>;
