import type { OpenAPIObject } from '@nestjs/swagger';

import { BEARER_SCHEME } from '../../access/require-scope.decorator.js';
import { userBindingOf } from '../../access/user-tokens/user-bound-routes.js';
import { isNeverKept } from '../../idempotency/idempotency-key.js';
import { addProblem } from './common-problems.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const USER_TOKEN_SCHEME = 'userToken';
const OIDC_SCHEME = 'oidc';

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description:
    'A repeat with the same key within 24 hours gets the first answer again, with `Idempotency-Replayed: true`.',
  schema: { type: 'string' as const, minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
};

/** Says which operations user tokens and tokens of the OIDC issuer open too, and which mutations may carry a key. */
export function addCallers(document: OpenAPIObject, oidcIssuer: string | null): void {
  addSchemes(document, oidcIssuer);
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = operations[method];
      if (!operation?.security?.some((one) => BEARER_SCHEME in one)) continue;
      const template = path.replace(/\{(\w+)\}/g, ':$1');
      if (userBindingOf(method.toUpperCase(), template)) operation.security.push({ [USER_TOKEN_SCHEME]: [] });
      if (oidcIssuer !== null) operation.security.push({ [OIDC_SCHEME]: [] });
      if (method !== 'get' && !isNeverKept(template)) addKey(operation);
    }
  }
}

function addKey(operation: Operation): void {
  operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
  addProblem(operation, 'request.invalid');
  addProblem(operation, 'idempotency.in_progress');
  addProblem(operation, 'idempotency.key_reused');
}

function addSchemes(document: OpenAPIObject, oidcIssuer: string | null): void {
  const schemes = { ...document.components?.securitySchemes };
  schemes[USER_TOKEN_SCHEME] = {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token of `POST /v1/users/{id}/tokens`. It sees one user.',
  };
  if (oidcIssuer !== null) {
    const openIdConnectUrl = `${oidcIssuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
    schemes[OIDC_SCHEME] = { type: 'openIdConnect', openIdConnectUrl };
  }
  document.components = { ...document.components, securitySchemes: schemes };
}
