import { SetMetadata } from '@nestjs/common';

import { ROUTE_POLICY, type RoutePolicy } from './route-policy.js';

/** Opens a route to everybody. @param reason why that is right, for the reader of the code. */
export function Public(reason: string): MethodDecorator & ClassDecorator {
  return SetMetadata(ROUTE_POLICY, { kind: 'public', reason } satisfies RoutePolicy);
}
