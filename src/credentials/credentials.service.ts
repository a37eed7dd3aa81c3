import type { CallContext } from './call-context.js';
import type { Capabilities } from './capabilities.js';
import type { Challenge } from './challenge.js';
import type { CredentialRef, ProviderUserRef } from './credential-ref.js';
import type { ProviderFailure } from './failure.js';
import type { Institution } from './institution-directory.js';
import type { Observation } from './observation.js';
import type { Result } from './result.js';
import type { SecretValue } from './secret-value.js';

/** A credential as its provider shows it. */
export interface CredentialSnapshot {
  readonly credentialId: SecretValue;
  readonly institutionId: string;
  /**
   * The part of the login that names the user at the bank, normalised by the adapter; equal logins give equal text.
   * `null` = the provider does not tell it (redirect banks).
   */
  readonly loginIdentity: SecretValue | null;
  readonly observation: Observation;
}

export interface CreateCredential {
  readonly user: ProviderUserRef;
  readonly institutionId: string;
  /** Answers to the institution's login fields, by field name. Empty for redirect banks. */
  readonly fields: ReadonlyMap<string, SecretValue>;
  /** Where the bank's app or page sends the user afterwards. */
  readonly returnUrl?: string;
  /** The caller's label, handed on where the provider has a place for it. */
  readonly reference?: string;
}

export interface RefreshOptions {
  readonly userPresent: boolean;
  /** Groups of data to fetch, in the provider's words; absent = all. */
  readonly items?: readonly string[];
  readonly returnUrl?: string;
}

export interface AuthenticateOptions {
  readonly returnUrl?: string;
}

export interface QrImage {
  readonly png: Uint8Array;
}

/**
 * The contract with a provider, and its injection token. One subclass in each provider module; stateless.
 *
 * - Every operation either does its work or gives a typed failure; an operation that the provider lacks gives
 *   `capability_unsupported` and never does nothing in silence.
 * - `refresh`, `authenticate` and `submitSupplementalInformation` return when the provider has *accepted* the call:
 *   their observation is what is known then, usually a moving state. The outcome is read with `get`.
 * - `delete` of a credential that is already gone succeeds.
 * - No message, evidence or thrown error carries a secret. Source of the operations: Tink credentials v1.
 */
export abstract class CredentialsService {
  abstract readonly capabilities: Capabilities;

  /**
   * The part of a login that names the user at the bank: pure, no call. The same text as `CredentialSnapshot.loginIdentity`
   * of the credential that this login creates. `null` = the login names nobody (redirect banks).
   */
  abstract loginIdentity(institution: Institution, fields: ReadonlyMap<string, SecretValue>): SecretValue | null;

  abstract list(
    user: ProviderUserRef,
    call: CallContext,
  ): Promise<Result<readonly CredentialSnapshot[], ProviderFailure>>;

  /** Failures: `credential.not_found` when the provider no longer has it. */
  abstract get(ref: CredentialRef, call: CallContext): Promise<Result<CredentialSnapshot, ProviderFailure>>;

  /**
   * Failures: `credential.duplicate`, `credential.invalid_input`, `institution.unknown`, `capability_unsupported`.
   * After a failure with `mayHaveHappened` the credential may exist: look with `list`.
   */
  abstract create(request: CreateCredential, call: CallContext): Promise<Result<CredentialSnapshot, ProviderFailure>>;

  abstract delete(
    ref: CredentialRef,
    call: CallContext,
  ): Promise<Result<{ readonly alreadyGone: boolean }, ProviderFailure>>;

  /** Failures: `credential.not_refreshable`, `credential.busy`, `provider.rate_limited`, `capability_unsupported`. */
  abstract refresh(
    ref: CredentialRef,
    options: RefreshOptions,
    call: CallContext,
  ): Promise<Result<Observation, ProviderFailure>>;

  /** Starts the user's strong authentication again, to renew a consent. */
  abstract authenticate(
    ref: CredentialRef,
    options: AuthenticateOptions,
    call: CallContext,
  ): Promise<Result<Observation, ProviderFailure>>;

  /** The picture of the open challenge. Failures: `challenge.none`. */
  abstract qr(ref: CredentialRef, call: CallContext): Promise<Result<QrImage, ProviderFailure>>;

  /**
   * @param answers by field name; already checked against the fields of `challenge`.
   * Failures: `challenge.expired`, `challenge.none`, `challenge.unknown_field`.
   */
  abstract submitSupplementalInformation(
    ref: CredentialRef,
    challenge: Challenge,
    answers: ReadonlyMap<string, SecretValue>,
    call: CallContext,
  ): Promise<Result<Observation, ProviderFailure>>;
}
