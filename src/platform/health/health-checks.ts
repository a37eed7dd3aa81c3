export interface HealthCheck {
  readonly name: string;
  /** False = reported, but the process stays ready without it. */
  readonly required: boolean;
  /** Resolves when healthy; rejects otherwise. Must stop when the signal says so. */
  probe(signal: AbortSignal): Promise<void>;
}

/** Where a room that depends on another server (a cache, a queue) adds its check to `/readyz`, at start. */
export class HealthChecks {
  private readonly checks: HealthCheck[] = [];

  /** @throws RangeError when the name is taken. */
  add(check: HealthCheck): void {
    if (this.checks.some(({ name }) => name === check.name))
      throw new RangeError(`Health check "${check.name}" exists.`);
    this.checks.push(check);
  }

  all(): readonly HealthCheck[] {
    return this.checks;
  }
}
