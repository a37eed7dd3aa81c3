import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Failure } from '../platform/errors/failure.js';
import type { Caller } from './caller.js';

/** Hands the `Caller` to a handler. On a public route there is none and the request fails. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!caller) throw new Failure('access.unauthenticated');
  return caller;
});
