import type { Scope } from './scope.js';

/** What a route demands of its caller. A route without one does not start. */
export type RoutePolicy =
  { readonly kind: 'scope'; readonly scope: Scope } | { readonly kind: 'public'; readonly reason: string };

/** Key of the metadata under which a handler or its class carries its policy. */
export const ROUTE_POLICY = 'mooring:route-policy';

export function isRoutePolicy(value: unknown): value is RoutePolicy {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
