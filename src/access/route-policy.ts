import type { Scope } from './scope.js';

/** What a route demands of its caller. A route without one does not start. */
export type RoutePolicy =
  { readonly kind: 'scope'; readonly scope: Scope } | { readonly kind: 'public'; readonly reason: string };

/** Key of the metadata under which a handler or its class carries its policy. */
export const ROUTE_POLICY = 'mooring:route-policy';

/** Policies never change once routes exist, and reading metadata costs every request. */
const known = new WeakMap<object, RoutePolicy>();

/** The handler's own policy, else its controller's. */
export function policyOf(handler: object, controller: object): RoutePolicy | undefined {
  return ownPolicy(handler) ?? ownPolicy(controller);
}

function ownPolicy(target: object): RoutePolicy | undefined {
  const found = known.get(target) ?? (Reflect.getMetadata(ROUTE_POLICY, target) as RoutePolicy | undefined);
  if (found) known.set(target, found);
  return found;
}
