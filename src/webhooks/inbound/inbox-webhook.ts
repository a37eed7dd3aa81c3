import type { SealAddress, Sealed } from '../../platform/crypto/sealed.js';

/** A verified webhook on its way into the inbox. */
export interface NewWebhook {
  readonly id: string;
  readonly provider: string;
  /** SHA-256 of the body. */
  readonly digest: string;
  readonly subject: string | null;
  /** `null` = nobody will read it: it is not `received`. */
  readonly bodySealed: Sealed | null;
  readonly status: 'received' | 'ignored' | 'malformed';
  readonly dataChanged: boolean;
  /** The vendor's time of what happened. */
  readonly hintAt: Date | null;
  /** The vendor's time of sending, as it was signed. */
  readonly sentAt: Date | null;
  readonly receivedAt: Date;
}

/** Whom webhooks are about, as a keyed hash. */
export interface Subject {
  readonly provider: string;
  readonly subject: string;
}

/** A webhook that was new. */
export interface WrittenWebhook {
  readonly id: string;
  readonly provider: string;
  readonly subject: string | null;
  /** Nothing of its subject waited. */
  readonly needsJob: boolean;
}

/** Webhooks of one subject that are handled together. */
export interface TakenWebhooks {
  /** Oldest first. */
  readonly ids: readonly string[];
  /** The newest, which stands for the others. */
  readonly lead: { readonly id: string; readonly bodySealed: Sealed };
  /** One of them says so. */
  readonly dataChanged: boolean;
  readonly newestHintAt: Date | null;
  readonly oldestReceivedAt: Date;
  readonly newestReceivedAt: Date;
}

export function bodyAddress(id: string): SealAddress {
  return { table: 'webhook_inbox', row: id, field: 'body_sealed' };
}
