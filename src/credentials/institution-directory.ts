import type { CallContext } from './call-context.js';
import type { Field } from './field.js';
import type { ProviderFailure } from './failure.js';
import type { Result } from './result.js';

/** A bank as a provider names it. */
export interface Institution {
  readonly id: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly market: string;
  readonly status: 'enabled' | 'temporarily_disabled' | 'disabled';
  readonly connect: readonly ('direct' | 'link')[];
  /** What a direct connection asks for; empty for redirect banks. */
  readonly fields: readonly Field[];
  readonly logoUrl?: string;
}

export abstract class InstitutionDirectory {
  /** @param market ISO 3166-1 alpha-2; absent = the adapter's configured market. Cached by the adapter for one hour. */
  abstract list(
    market: string | undefined,
    call: CallContext,
  ): Promise<Result<readonly Institution[], ProviderFailure>>;

  /** Failures: `institution.unknown`. */
  abstract find(institutionId: string, call: CallContext): Promise<Result<Institution, ProviderFailure>>;
}
