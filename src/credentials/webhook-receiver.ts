import type { CallContext } from './call-context.js';
import type { ProviderUserRef } from './credential-ref.js';
import type { ProviderFailure } from './failure.js';
import type { Result } from './result.js';
import type { SecretValue } from './secret-value.js';

/** A webhook as it came in: nothing in it is believed before `verify`. */
export interface RawWebhook {
  /** Names in lower case; a header that came more than once is joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** The untouched bytes. */
  readonly body: Uint8Array;
}

export interface WebhookRefusal {
  /** `webhook.signature_mismatch` and `webhook.unauthenticated` differ in the HTTP status that the vendor expects. */
  readonly code: 'webhook.signature_mismatch' | 'webhook.unauthenticated' | 'webhook.malformed';
  /** One sentence in our words; never a header or a byte of the body. */
  readonly message: string;
}

/** What a verified webhook is about. It is a hint: the provider is read for the truth. */
export interface WebhookHint {
  /** The vendor's word for what happened, unchanged. */
  readonly event: string;
  /** The vendor's time of it. `null` = it gives none. */
  readonly at: Date | null;
  /** The credential it is about. `null` = the user as a whole, or the vendor itself. */
  readonly credentialId: SecretValue | null;
  readonly user: ProviderUserRef | null;
  /** The vendor says that accounts or transactions changed. */
  readonly dataChanged: boolean;
}

export interface WebhookRegistration {
  /** The vendor's id of the endpoint. */
  readonly vendorId: SecretValue;
  readonly url: string;
  /** Signs what comes; told only once. */
  readonly secret: SecretValue | null;
}

/** Webhooks of a provider. Verifying and parsing are pure; only registration calls the provider. */
export abstract class WebhookReceiver {
  /** The secret from the configuration, if there is one. */
  abstract readonly configuredSecrets: readonly SecretValue[];
  /** False = endpoints are registered by hand at the vendor. */
  abstract readonly registers: boolean;

  /** @param secrets all that are live now: any of them may have signed. */
  abstract verify(
    webhook: RawWebhook,
    secrets: readonly SecretValue[],
    now: Date,
  ): Result<{ readonly sentAt: Date | null }, WebhookRefusal>;

  /** Of a verified body. An unknown event is a hint too. Empty = nothing in it concerns a credential. */
  abstract parse(body: Uint8Array): Result<readonly WebhookHint[], WebhookRefusal>;

  /** Failures: `capability_unsupported` where `registers` is false. */
  abstract register(url: string, call: CallContext): Promise<Result<WebhookRegistration, ProviderFailure>>;
  abstract registrations(call: CallContext): Promise<Result<readonly WebhookRegistration[], ProviderFailure>>;
  abstract unregister(
    vendorId: SecretValue,
    call: CallContext,
  ): Promise<Result<{ readonly alreadyGone: boolean }, ProviderFailure>>;
}
