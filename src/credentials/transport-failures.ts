import type { ProviderFailureCode } from './failure.js';

/** What a call that ended without an answer means at a port. The keys are the words of whoever makes the calls. */
export const TRANSPORT_FAILURES = {
  timeout: 'provider.timeout',
  aborted: 'provider.aborted',
  unreachable: 'provider.unavailable',
  connection_lost: 'provider.unavailable',
  too_large: 'provider.bad_response',
  circuit_open: 'provider.unavailable',
  saturated: 'provider.unavailable',
  paused: 'provider.rate_limited',
  switched_off: 'provider.disabled',
} as const satisfies Readonly<Record<string, ProviderFailureCode>>;
