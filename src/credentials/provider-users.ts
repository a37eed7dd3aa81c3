import type { CallContext } from './call-context.js';
import type { ProviderUserRef } from './credential-ref.js';
import type { ProviderFailure } from './failure.js';
import type { Result } from './result.js';
import type { SecretValue } from './secret-value.js';

export interface NewProviderUser {
  readonly user: ProviderUserRef;
  /** ISO 3166-1 alpha-2; absent = the adapter's configured market. */
  readonly market?: string;
  /** e.g. `sv_SE`. */
  readonly locale?: string;
}

export interface ProviderAccessToken {
  readonly accessToken: SecretValue;
  /** Seconds. */
  readonly expiresIn: number;
  readonly scope: readonly string[];
}

/** Users as a provider keeps them. Grants and tokens are secrets: never cached by a caller, always audited. */
export abstract class ProviderUsers {
  /** A user that exists already is a success: `created` is then false. */
  abstract create(
    user: NewProviderUser,
    call: CallContext,
  ): Promise<Result<{ readonly created: boolean }, ProviderFailure>>;

  /** Deletes the user and all that the provider holds of it. Already gone is a success. */
  abstract delete(
    user: ProviderUserRef,
    call: CallContext,
  ): Promise<Result<{ readonly alreadyGone: boolean }, ProviderFailure>>;

  /** A single-use code for this user. Failures: `provider_user.not_found`, `authorization.invalid_scope`. */
  abstract authorizationGrant(
    user: ProviderUserRef,
    scope: readonly string[],
    call: CallContext,
  ): Promise<Result<{ readonly code: SecretValue }, ProviderFailure>>;

  /** Failures: `authorization.invalid_code`. */
  abstract accessToken(code: SecretValue, call: CallContext): Promise<Result<ProviderAccessToken, ProviderFailure>>;
}
