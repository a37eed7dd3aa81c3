import type { FlinksCode } from '../flinks-codes.js';
import type { Language } from '../wire.types.js';

/** One user in Connect. */
export interface Visit {
  readonly id: string;
  readonly openedAt: number;
  readonly redirectUrl: string | null;
  readonly tag: string | null;
  readonly language: Language;
  /** Shows the vendor's test institution. */
  readonly demo: boolean;
  readonly scheduleRefresh: boolean;
  readonly statements: boolean;
  readonly consented: boolean;
  readonly institutionId: number | null;
  /** The session that it signs in, or the one that it came for. */
  readonly requestId: string | null;
  /** Why the user is back at an earlier page. */
  readonly error: FlinksCode | null;
  readonly left: boolean;
}
