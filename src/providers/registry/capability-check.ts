import type { Capabilities } from '../../credentials/capabilities.js';
import type { Provider } from '../../credentials/provider.js';

/** Says in sentences where a provider promises what it has no port for, or hides what it has. Empty = all is well. */
export function capabilityMismatches(provider: Provider): readonly string[] {
  const { capabilities } = provider.credentials;
  return [
    ...portMismatch(provider, 'replaceLogin', capabilities.replaceLogin, provider.login !== undefined),
    ...portMismatch(provider, 'users', capabilities.users, provider.users !== undefined),
    ...portMismatch(provider, 'webhooks', capabilities.webhooks, provider.webhooks !== undefined),
    ...portMismatch(provider, 'data', capabilities.data.some(isRead), provider.data !== undefined),
    ...portMismatch(
      provider,
      'statements',
      capabilities.data.includes('statements'),
      provider.statements !== undefined,
    ),
    ...linkMismatch(provider, capabilities),
    ...directMismatch(provider, capabilities),
    ...limitMismatch(provider, capabilities),
  ];
}

function isRead(kind: Capabilities['data'][number]): boolean {
  return kind !== 'statements';
}

function portMismatch(provider: Provider, capability: string, promised: boolean, present: boolean): readonly string[] {
  if (promised === present) return [];
  return [
    promised
      ? `Provider "${provider.id}" promises "${capability}" and has no port for it.`
      : `Provider "${provider.id}" has a port for "${capability}" and does not publish it.`,
  ];
}

/** A provider with hosted visits publishes for what; whoever can connect on a page says so in both places. */
function linkMismatch(provider: Provider, { connect, link }: Capabilities): readonly string[] {
  const problems = [...portMismatch(provider, 'link', link.length > 0, provider.links !== undefined)];
  if (connect.includes('link') !== link.includes('connect')) {
    problems.push(`Provider "${provider.id}" contradicts itself: "connect" and "link" must agree on hosted visits.`);
  }
  return problems;
}

function directMismatch(provider: Provider, capabilities: Capabilities): readonly string[] {
  const problems: string[] = [];
  if (capabilities.connect.length === 0) problems.push(`Provider "${provider.id}" offers no way to connect.`);
  if (capabilities.connect.includes('direct') && provider.institutions === undefined) {
    problems.push(`Provider "${provider.id}" connects directly and has no institution directory.`);
  }
  return problems;
}

function limitMismatch(provider: Provider, { limits }: Capabilities): readonly string[] {
  const sound =
    Number.isInteger(limits.unattendedRefreshesPerDay) &&
    limits.unattendedRefreshesPerDay >= 0 &&
    Number.isFinite(limits.settleWithinMs) &&
    limits.settleWithinMs > 0;
  return sound ? [] : [`Provider "${provider.id}" publishes limits that are not usable numbers.`];
}
