import type { SecretValue } from '../../../credentials/secret-value.js';
import type { OutgoingEventType } from '../outbox.js';

/** `gone`: the receiver answered 410 · `operator` · `owner`: these switched it off. */
export const DISABLED_REASONS = ['gone', 'operator', 'owner'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** Where a client wants its events. */
export interface WebhookEndpoint {
  readonly id: string;
  /** Who made it, e.g. `client:0199…`. */
  readonly owner: string;
  /** Of an owner with a key: when it is revoked, nothing is sent any more. */
  readonly clientId: string | null;
  readonly url: string;
  /** Empty = all. */
  readonly events: readonly OutgoingEventType[];
  /** Only events of this user; `null` = of all users. */
  readonly userId: string | null;
  readonly description: string | null;
  /** `null` = it is enabled. */
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: Date | null;
  readonly secrets: SigningSecrets;
  readonly failingSince: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface SigningSecrets {
  readonly current: SecretValue;
  /** Signs beside the current one until its time is over. */
  readonly previous: { readonly secret: SecretValue; readonly until: Date } | null;
}

/** The secrets that sign now, the current one first. */
export function signingSecrets({ current, previous }: SigningSecrets, now: Date): readonly SecretValue[] {
  return previous && now < previous.until ? [current, previous.secret] : [current];
}
