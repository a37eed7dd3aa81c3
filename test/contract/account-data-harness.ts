import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { ContractHarness, Trouble } from './contract-harness.js';

/** What the provider's side holds of one credential. */
export interface DataTruth {
  readonly accounts: number;
  /** How many booked transactions. */
  readonly booked: number;
  /** Their sums by currency: exact decimals, any number of trailing zeros. */
  readonly bookedSums: ReadonlyMap<string, string>;
}

/** Everything about a provider's data that the contract must not know. One for each test. */
export interface AccountDataHarness extends Pick<
  ContractHarness,
  'provider' | 'now' | 'advance' | 'user' | 'hanging' | 'clearTroubles' | 'secrets' | 'spoken' | 'close'
> {
  /** A new credential of this user whose first data are there. A second one of the same user has other accounts. */
  connected(user: ProviderUserRef): Promise<CredentialRef>;
  /** Some days pass and the provider fetches again: more transactions are booked. */
  moreData(ref: CredentialRef): Promise<void>;
  /** From now on every call that reads data goes wrong, until cleared. */
  troubleData(kind: Trouble): void;
  /** The credential is deleted at the provider. */
  remove(ref: CredentialRef): Promise<void>;
  /** What a complete reading must hold. `null` = the simulator cannot tell. */
  truth(ref: CredentialRef): DataTruth | null;
}

export type StartDataHarness = () => Promise<AccountDataHarness>;
