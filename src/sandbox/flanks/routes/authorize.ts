import type { FastifyRequest } from 'fastify';
import { type FlanksError, absent, unauthenticated } from '../flanks-error.js';
import type { FlanksWorld } from '../flanks-world.js';
import type { Fields } from '../body.js';
import type { Credential } from '../machine/credential.js';

/** @throws FlanksError 401 without a living access token. */
export function authorize(world: FlanksWorld, request: FastifyRequest): void {
  const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ', 2);
  const isAlive = scheme.toLowerCase() === 'bearer' && world.tokens.isAlive(token, world.now());
  if (!isAlive) throw unauthenticated();
}

/** @throws FlanksError 400 when `credentials_token` is missing, unknown or deleted. */
export function credentialsOf(world: FlanksWorld, fields: Fields): Credential {
  const credential = world.byToken(fields.text('credentials_token'));
  if (!credential) throw unknownCredentials();
  return credential;
}

const unknownCredentials = (): FlanksError => absent('credentials_token');
