import type { Challenge } from './challenge.js';
import type { SecretValue } from './secret-value.js';

/** How we know a user at a provider: our own user id, which the provider stores as its external id. Not a secret. */
export type ProviderUserRef = string & { readonly __brand: 'ProviderUserRef' };

/** Everything a stateless adapter needs to find one credential. */
export interface CredentialRef {
  readonly user: ProviderUserRef;
  /** The provider's id of the credential. */
  readonly credentialId: SecretValue;
  /** The handle on the work that is going on, as the last observation gave it. */
  readonly sessionRef?: SecretValue;
  /** The open dialogue, for providers that show one only once. */
  readonly challenge?: Challenge;
}
