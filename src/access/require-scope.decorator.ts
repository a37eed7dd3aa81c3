import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiForbiddenResponse, ApiUnauthorizedResponse } from '@nestjs/swagger';

import { PROBLEM_CATALOGUE, type ProblemCode } from '../platform/errors/problem-catalogue.js';
import { PROBLEM_MEDIA_TYPE } from '../platform/errors/problem.js';
import { ROUTE_POLICY, type RoutePolicy } from './route-policy.js';
import type { Scope } from './scope.js';

/** Name of the security scheme in the OpenAPI document. */
export const BEARER_SCHEME = 'key';

/** Lets only callers with this scope through, and says so in the OpenAPI document. */
export function RequireScope(scope: Scope): MethodDecorator & ClassDecorator {
  return applyDecorators(
    SetMetadata(ROUTE_POLICY, { kind: 'scope', scope } satisfies RoutePolicy),
    ApiBearerAuth(BEARER_SCHEME),
    ApiUnauthorizedResponse(problem('access.unauthenticated', 'No key, or one that is unknown or revoked.')),
    ApiForbiddenResponse(problem('access.denied', `The key lacks the scope \`${scope}\`.`)),
  );
}

function problem(code: ProblemCode, description: string) {
  const { status, title } = PROBLEM_CATALOGUE[code];
  const example = { type: `urn:mooring:problem:${code}`, title, status, code, instance: '/v1/…', requestId: '0199…' };
  return { description, content: { [PROBLEM_MEDIA_TYPE]: { schema: { type: 'object' as const }, example } } };
}
