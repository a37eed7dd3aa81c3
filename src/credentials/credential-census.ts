import type { CallContext } from './call-context.js';
import type { ProviderUserRef } from './credential-ref.js';
import type { ProviderFailure } from './failure.js';
import type { Result } from './result.js';
import type { SecretValue } from './secret-value.js';

/** A credential that the provider holds for this installation, ours or nobody's. */
export interface CountedCredential {
  readonly credentialId: SecretValue;
  /** Whose it is, as the provider stores it. `null` = it does not say. Not checked: it may be no user of ours. */
  readonly user: ProviderUserRef | null;
}

export interface CensusPage {
  /** May be empty. */
  readonly credentials: readonly CountedCredential[];
  /** For the next call; `null` = this was the last page. */
  readonly next: SecretValue | null;
}

/**
 * Every credential that the provider holds for us, for finding those that no connection knows of. Within one census none
 * appears twice while nothing changes there; what comes or goes meanwhile may be missed or repeated, so what is missing
 * in one census proves nothing. Reading is no attempt at any bank. Failures: those of every provider, and
 * `credential.invalid_input` for a cursor that it did not give.
 */
export abstract class CredentialCensus {
  /** @param cursor from the page before; `null` = the first page. */
  abstract page(cursor: SecretValue | null, call: CallContext): Promise<Result<CensusPage, ProviderFailure>>;
}
