/** An end user of the company. */
export interface User {
  readonly id: string;
  /** The company's own identifier. */
  readonly externalUserId: string;
  /** ISO 3166-1 alpha-2. */
  readonly market: string | null;
  /** e.g. `sv_SE`. */
  readonly locale: string | null;
  readonly createdAt: Date;
  /** Set while the user is being deleted: nothing new is begun for them. */
  readonly deletionRequestedAt: Date | null;
}
