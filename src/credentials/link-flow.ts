import type { CallContext } from './call-context.js';
import type { CredentialSnapshot } from './credentials.service.js';
import type { CredentialRef, ProviderUserRef } from './credential-ref.js';
import type { ProviderFailure } from './failure.js';
import type { LinkPurpose } from './link-purpose.js';
import type { Cause } from './observation.js';
import type { Result } from './result.js';
import type { SecretValue } from './secret-value.js';

export interface LinkRequest {
  readonly user: ProviderUserRef;
  readonly purpose: LinkPurpose;
  /** The credential to repair; present for `renew` and `update_login`. */
  readonly credential?: CredentialRef;
  /** Preselects the bank. */
  readonly institutionId?: string;
  /** Random, single use. The page must bring it back as the query parameter `state`. */
  readonly state: SecretValue;
  /** Our public callback, without a query. */
  readonly callbackUrl: string;
  /** ISO 3166-1 alpha-2. */
  readonly market?: string;
  /** e.g. `sv_SE`. */
  readonly locale?: string;
  readonly reference?: string;
}

export interface BegunLink {
  /** Where the user's browser goes. Holds secrets: it is shown to the caller once and never logged. */
  readonly url: SecretValue;
  /** `null` = the provider sets no limit. */
  readonly expiresAt: Date | null;
  /** The provider's handle on this visit, kept sealed until the callback. */
  readonly handle?: SecretValue;
}

/** A visit that came back, or is looked for. */
export interface LinkReturn {
  readonly user: ProviderUserRef;
  readonly purpose: LinkPurpose;
  readonly credential?: CredentialRef;
  readonly state: SecretValue;
  readonly handle?: SecretValue;
  readonly callbackUrl: string;
  /** The user's browser was back once, and how that ended is not known: a single-use code may be used up. */
  readonly cameBack?: boolean;
}

export type LinkOutcome =
  /** A credential came out: a new one, or the one that was repaired. */
  | { readonly kind: 'connected'; readonly snapshot: CredentialSnapshot }
  /** The provider is not ready to hand the credential out. `handle` replaces the one of before. */
  | { readonly kind: 'not_ready'; readonly retryAt: Date; readonly handle?: SecretValue }
  /** The visit ended without a credential. */
  | { readonly kind: 'ended'; readonly cause: Cause; readonly providerReason: string }
  /** The login is connected already; the caller finds by whom. `credentialId` where the provider tells it. */
  | { readonly kind: 'duplicate'; readonly credentialId?: SecretValue };

/** Hosted visits. Stateless: what must survive between two calls is in `handle`. */
export abstract class LinkFlow {
  /** Failures: `capability_unsupported` for a purpose that the provider does not serve. */
  abstract begin(request: LinkRequest, call: CallContext): Promise<Result<BegunLink, ProviderFailure>>;

  /**
   * @param query the parameters that the browser brought, except `state`. Anybody may have written them: only what the
   * provider confirms server to server may become a credential.
   */
  abstract complete(
    visit: LinkReturn,
    query: ReadonlyMap<string, string>,
    call: CallContext,
  ): Promise<Result<LinkOutcome, ProviderFailure>>;

  /**
   * Looks at the provider for a visit that ended there while the browser never came back, or that was `not_ready`.
   * `null` = nothing found (yet).
   */
  abstract recover(visit: LinkReturn, call: CallContext): Promise<Result<LinkOutcome | null, ProviderFailure>>;
}
