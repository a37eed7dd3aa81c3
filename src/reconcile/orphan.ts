/** `upstream`: the provider has a credential that no connection knows. `local`: a connection's credential is gone there. */
export const ORPHAN_KINDS = ['upstream', 'local'] as const;
export type OrphanKind = (typeof ORPHAN_KINDS)[number];

/** `suspected` is shown to nobody: what is new at a provider may be ours in a moment. */
export const SHOWN_STATUSES = ['open', 'deleted', 'ignored', 'gone'] as const;
export type ShownStatus = (typeof SHOWN_STATUSES)[number];
export type OrphanStatus = ShownStatus | 'suspected';

/** As operators see it: never with the provider's id. */
export interface Orphan {
  readonly id: string;
  readonly provider: string;
  readonly kind: OrphanKind;
  readonly status: OrphanStatus;
  /** Our user; `null` = the provider says none that we know. */
  readonly userId: string | null;
  /** Of a `local` one. */
  readonly connectionId: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly reportedAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
}

/** Two sightings as far apart as this make an orphan. */
export const APART_MS = 3_600_000;
