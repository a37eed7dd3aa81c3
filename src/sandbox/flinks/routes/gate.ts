import type { FastifyRequest } from 'fastify';
import { FlinksError } from '../flinks-error.js';
import type { FlinksWorld } from '../flinks-world.js';

/** `:customerId` is checked before anything else. */
export const BANKING = '/v3/:customerId/BankingServices';

/** Gives a fresh token to the dialogue that it opened. */
export type Bind = (requestId: string) => void;

function header(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** @throws FlinksError ACCESS_DENIED for a foreign customer, METHOD_NOT_AVAILABLE for what the instance has not. */
export function checkPlace(world: FlinksWorld, request: FastifyRequest): void {
  const { customerId } = request.params as { customerId?: string };
  if (customerId === undefined) return;
  if (customerId.toLowerCase() !== world.options.customerId.toLowerCase()) throw new FlinksError('ACCESS_DENIED');
  const [, endpoint = ''] = /BankingServices\/(\w+)/.exec(request.url) ?? [];
  const off = world.switches.disabledEndpoints.some((name) => name.toLowerCase() === endpoint.toLowerCase());
  if (off) throw new FlinksError('METHOD_NOT_AVAILABLE');
}

/** @throws FlinksError UNAUTHORIZED */
export function checkSecret(world: FlinksWorld, request: FastifyRequest): void {
  const { secretKey } = world.options;
  const given = header(request, 'flinks-auth-key');
  if (given === '' || (secretKey !== undefined && given !== secretKey)) {
    throw new FlinksError('UNAUTHORIZED', { message: 'A valid auth key is required.' });
  }
}

/** @throws FlinksError ACCESS_DENIED */
export function checkApiKey(world: FlinksWorld, request: FastifyRequest): void {
  if (!world.switches.requireApiKey) return;
  if (header(request, 'x-api-key') !== world.options.apiKey) throw new FlinksError('ACCESS_DENIED');
}

/** @throws FlinksError ACCESS_DENIED */
export function checkBearer(world: FlinksWorld, request: FastifyRequest): void {
  if (!world.switches.requireApiKey) return;
  const { secretKey, apiKey } = world.options;
  const [scheme = '', key = ''] = header(request, 'authorization').split(' ', 2);
  const known = [secretKey, apiKey].filter((candidate) => candidate !== undefined);
  if (scheme.toLowerCase() !== 'bearer' || !known.includes(key)) throw new FlinksError('ACCESS_DENIED');
}

/** @param requestId of the dialogue that goes on, `null` for a new one. @throws FlinksError UNAUTHORIZED */
export function checkToken(world: FlinksWorld, request: FastifyRequest, requestId: string | null): Bind {
  const token = header(request, 'flinks-auth-key');
  const good =
    requestId === null ? world.tokens.isFresh(token, world.now()) : world.tokens.holderOf(token) === requestId;
  if (!good && world.switches.requireToken) {
    throw new FlinksError('UNAUTHORIZED', { message: 'A valid authorize token is required.' });
  }
  return (id) => {
    world.tokens.bind(token, id);
  };
}
