import type { Provider } from '../../credentials/provider.js';
import { capabilityMismatches } from './capability-check.js';

/** The providers that are configured, by id. Built once at start. */
export class ProviderRegistry {
  private readonly byId: ReadonlyMap<string, Provider>;

  /** @throws RangeError when an id occurs twice or a provider's capabilities do not match its ports. */
  constructor(providers: readonly Provider[]) {
    const problems = providers.flatMap(capabilityMismatches);
    if (problems.length > 0) throw new RangeError(problems.join(' '));
    if (new Set(providers.map(({ id }) => id)).size !== providers.length) {
      throw new RangeError('Two providers have the same id.');
    }
    this.byId = new Map(providers.filter(({ configured }) => configured).map((provider) => [provider.id, provider]));
  }

  /** `undefined` for an unknown or unconfigured provider. */
  get(id: string): Provider | undefined {
    return this.byId.get(id);
  }

  all(): readonly Provider[] {
    return [...this.byId.values()];
  }
}
