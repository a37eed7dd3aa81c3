import { Injectable } from '@nestjs/common';

import type { Capabilities } from '../../credentials/capabilities.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { Provider } from '../../credentials/provider.js';
import { Failure } from '../../platform/errors/failure.js';
import { ABSENT_CAPABILITIES } from './absent-provider.js';
import { ProviderRegistry } from './provider-registry.js';

/** Longest time that one use case waits for a provider, all its calls together. Adapters have shorter deadlines. */
const CALL_BUDGET_MS = 25_000;

/** @returns the language of a user, e.g. `sv_SE`; `null` = not known. */
export type LocaleOf = (userId: string) => Promise<string | null>;

/** How use cases get at a provider. */
@Injectable()
export class ProviderAccess {
  private localeOf: LocaleOf = async () => Promise.resolve(null);

  constructor(private readonly registry: ProviderRegistry) {}

  /** @throws Failure `provider.unknown` when there is no such provider, or it is not configured. */
  provider(id: string): Provider {
    const provider = this.registry.get(id);
    if (provider) return provider;
    const known = this.registry.all().map((each) => each.id);
    const message = known.length === 0 ? 'No provider is configured.' : `Known here: ${known.join(', ')}.`;
    throw new Failure('provider.unknown', { detail: message, violations: [{ pointer: '/provider', message }] });
  }

  /** Of a connection's provider, also one that was switched off. */
  capabilities(id: string): Capabilities {
    return this.registry.get(id)?.credentials.capabilities ?? ABSENT_CAPABILITIES;
  }

  /** Said at start by the room of the users, which stands above the providers. */
  localesFrom(localeOf: LocaleOf): void {
    this.localeOf = localeOf;
  }

  /** For whatever brings texts that this user will read. */
  async callFor(userId: string): Promise<CallContext> {
    return this.call(await this.localeOf(userId));
  }

  /** @param locale of the user, for texts that come from the bank. */
  call(locale?: string | null): CallContext {
    const signal = AbortSignal.timeout(CALL_BUDGET_MS);
    return locale ? { signal, locale: locale.replaceAll('_', '-') } : { signal };
  }
}

/** Providers know our users by our own id. */
export function providerUserRef(userId: string): ProviderUserRef {
  return userId as ProviderUserRef;
}
