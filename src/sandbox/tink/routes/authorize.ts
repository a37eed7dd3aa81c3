import type { FastifyRequest } from 'fastify';
import { TinkError } from '../tink-error.js';
import type { TinkWorld } from '../tink-world.js';
import type { Grant } from '../token-book.js';

export type UserGrant = Grant & { readonly userId: string };

/** @throws TinkError 401 without a living token, 403 without the scopes. */
export function authorize(world: TinkWorld, request: FastifyRequest, ...scopes: readonly string[]): Grant {
  const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ', 2);
  if (scheme.toLowerCase() !== 'bearer' || token === '') throw new TinkError(401, 'Missing access token');
  const grant = world.tokens.findToken(token, world.now());
  if (!grant) throw new TinkError(401, 'Invalid or expired access token');
  const missing = scopes.filter((scope) => !grant.scopes.includes(scope));
  if (missing.length > 0) throw new TinkError(403, `Missing scope: ${missing.join(',')}`);
  return grant;
}

/** @throws TinkError 403 for an app's own token. */
export function authorizeUser(world: TinkWorld, request: FastifyRequest, ...scopes: readonly string[]): UserGrant {
  const { userId, ...grant } = authorize(world, request);
  if (userId === null) throw new TinkError(403, 'This needs the access token of a user');
  authorize(world, request, ...scopes);
  return { ...grant, userId };
}

/** @throws TinkError 403 for a user's token. */
export function authorizeClient(world: TinkWorld, request: FastifyRequest, ...scopes: readonly string[]): Grant {
  if (authorize(world, request).userId !== null) throw new TinkError(403, 'This needs the access token of a client');
  return authorize(world, request, ...scopes);
}
