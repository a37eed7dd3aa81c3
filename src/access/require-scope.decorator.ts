import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';

import { ApiProblems } from '../platform/openapi/api-problems.decorator.js';
import { ROUTE_POLICY, type RoutePolicy } from './route-policy.js';
import type { Scope } from './scope.js';

/** Name of the security scheme in the OpenAPI document. */
export const BEARER_SCHEME = 'key';

/** Lets only callers with this scope through, and says so in the OpenAPI document. */
export function RequireScope(scope: Scope): MethodDecorator & ClassDecorator {
  return applyDecorators(
    SetMetadata(ROUTE_POLICY, { kind: 'scope', scope } satisfies RoutePolicy),
    ApiBearerAuth(BEARER_SCHEME),
    ApiProblems('access.unauthenticated', 'access.denied'),
  );
}
