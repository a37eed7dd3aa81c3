import type { Scope } from './scope.js';

/** A program that may call the API. */
export interface Client {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  /** The actor, e.g. `client:0199…`, or `system` for the first client. */
  readonly createdBy: string;
  readonly revokedAt: Date | null;
}
