import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Json } from '../../simulator/json.js';
import { objectOf, optionalText, requiredText } from '../body.js';
import { ALL_SCOPES, parseScopes } from '../scopes.js';
import { TinkError, badRequest, notFound } from '../tink-error.js';
import type { TinkUser, TinkWorld } from '../tink-world.js';
import type { Grant } from '../token-book.js';
import { authorizeClient } from './authorize.js';

const CODE_SECONDS = 300;
const LATIN_1 = /^[\u0020-\u00ff]*$/;

export function oauthRoutes(app: FastifyInstance, world: TinkWorld): void {
  app.post('/api/v1/oauth/token', async (request) => {
    const form = formOf(request);
    checkClient(world, form);
    return issue(world, grantOf(world, form));
  });

  app.post('/api/v1/oauth/authorization-grant', async (request) => {
    authorizeClient(world, request, 'authorization:grant');
    const form = formOf(request);
    return { code: codeFor(world, form, { idHint: null, clientId: world.options.clientId }) };
  });

  app.post('/api/v1/oauth/authorization-grant/delegate', async (request) => {
    authorizeClient(world, request, 'authorization:grant');
    const form = formOf(request);
    const idHint = requiredText(form, 'id_hint');
    if (!LATIN_1.test(idHint)) throw badRequest('id_hint must be ISO-8859-1');
    return { code: codeFor(world, form, { idHint, clientId: requiredText(form, 'actor_client_id') }) };
  });

  app.post('/api/v1/oauth/revoke-all', async (request, reply) => {
    authorizeClient(world, request, 'authorization:revoke');
    world.tokens.revokeUser(userOf(world, formOf(request)).id);
    return reply.code(204).send();
  });
}

function formOf(request: FastifyRequest): Json {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) throw new TinkError(415, 'Unsupported Media Type');
  return objectOf(request.body);
}

function checkClient({ options }: TinkWorld, form: Json): void {
  if (requiredText(form, 'client_id') !== options.clientId) throw new TinkError(401, 'Could not find the OAuth client');
  if (optionalText(form, 'client_secret') !== options.clientSecret) throw new TinkError(401, 'Invalid client secret');
}

function grantOf(world: TinkWorld, form: Json): Grant {
  const now = world.now();
  switch (requiredText(form, 'grant_type')) {
    case 'client_credentials': {
      const scope = optionalText(form, 'scope');
      const seconds = world.options.clientTokenSeconds ?? 1800;
      const scopes = scope === null ? ALL_SCOPES : parseScopes(scope);
      return { userId: null, scopes, idHint: null, expiresAt: now + seconds * 1000 };
    }
    case 'authorization_code': {
      const code = world.tokens.redeem(requiredText(form, 'code'), world.options.clientId, now);
      if (!code) throw badRequest('Authorization code not valid');
      const seconds = world.options.userTokenSeconds ?? 7200;
      return { userId: code.userId, scopes: code.scopes, idHint: code.idHint, expiresAt: now + seconds * 1000 };
    }
    case 'refresh_token':
      throw badRequest('The refresh_token grant is no longer supported');
    default:
      throw badRequest('Unsupported grant_type');
  }
}

function issue(world: TinkWorld, grant: Grant): Record<string, unknown> {
  return {
    access_token: world.tokens.issueToken(grant, world.now()),
    token_type: 'bearer',
    expires_in: Math.floor((grant.expiresAt - world.now()) / 1000),
    scope: grant.scopes.join(','),
    ...(grant.idHint !== null && { id_hint: grant.idHint }),
  };
}

function codeFor(world: TinkWorld, form: Json, extra: { idHint: string | null; clientId: string }): string {
  const scopes = parseScopes(requiredText(form, 'scope'));
  const { id: userId } = userOf(world, form);
  const now = world.now();
  return world.tokens.issueCode({ ...extra, userId, scopes, expiresAt: now + CODE_SECONDS * 1000 }, now);
}

function userOf(world: TinkWorld, form: Json): TinkUser {
  const id = optionalText(form, 'user_id');
  const externalUserId = optionalText(form, 'external_user_id');
  if ((id === null) === (externalUserId === null)) throw badRequest('Exactly one of user_id and external_user_id');
  const user = world.findUser(id === null ? { externalUserId: externalUserId ?? '' } : { id });
  if (!user) throw notFound('User');
  return user;
}
