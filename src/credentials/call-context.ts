/** What surrounds one call to a provider. */
export interface CallContext {
  /** Aborts the call; the adapter adds its own deadline to it. */
  readonly signal: AbortSignal;
  /** BCP 47 language for texts that a user will read, e.g. `sv-SE`. */
  readonly locale?: string;
}
