import type { LinkPurpose } from '../credentials/link-purpose.js';
import type { Cause } from '../credentials/observation.js';
import type { ProviderId } from '../credentials/provider-id.js';
import type { SecretValue } from '../credentials/secret-value.js';

/** `completing`: the user came back and the provider is being asked, or has not handed the credential out yet. */
export const LINK_STATUSES = ['open', 'completing', 'connected', 'failed', 'expired'] as const;
export type LinkStatus = (typeof LINK_STATUSES)[number];

/** One hosted visit of a user. */
export interface LinkSession {
  readonly id: string;
  readonly userId: string;
  readonly externalUserId: string;
  readonly provider: ProviderId;
  readonly institutionId: string | null;
  readonly purpose: LinkPurpose;
  /** The connection to repair, to connect anew or to move; or the one that came out. */
  readonly connectionId: string | null;
  /** Where the user's browser goes in the end. */
  readonly redirectUrl: string;
  readonly locale: string | null;
  readonly reference: string | null;
  readonly status: LinkStatus;
  /** Why a failed visit failed, in the words of connections. */
  readonly cause: Cause | null;
  /** The problem code of a refusal, e.g. `link.different_login`. */
  readonly problem: string | null;
  /** Both are gone when the visit is over. */
  readonly state: SecretValue | null;
  readonly handle: SecretValue | null;
  /** Who asked for the visit. */
  readonly actor: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** When the provider is asked for this visit without the browser. */
  readonly recoverAt: Date | null;
  readonly completedAt: Date | null;
}

/** How a visit ended. */
export interface LinkEnd {
  readonly status: 'connected' | 'failed' | 'expired';
  readonly connectionId?: string;
  readonly cause?: Cause;
  readonly problem?: string;
}
