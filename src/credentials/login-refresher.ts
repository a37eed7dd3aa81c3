import type { CallContext } from './call-context.js';
import type { CredentialSnapshot } from './credentials.service.js';
import type { CredentialRef } from './credential-ref.js';
import type { ProviderFailure } from './failure.js';
import type { Result } from './result.js';
import type { SecretValue } from './secret-value.js';

/** Gives a new login to a credential that exists, e.g. after a changed password. The credential keeps its id. */
export abstract class LoginRefresher {
  /** Returns when the provider has accepted the login; whether the bank takes it is read with `get`. */
  abstract replaceLogin(
    ref: CredentialRef,
    fields: ReadonlyMap<string, SecretValue>,
    call: CallContext,
  ): Promise<Result<CredentialSnapshot, ProviderFailure>>;
}
