import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Failure } from '../platform/errors/failure.js';
import { Authenticator } from './authenticator.js';
import { policyOf } from './route-policy.js';
import type { Scope } from './scope.js';

/** Closed by default: only what declares a policy can be reached, and only by whom the policy names. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly authenticator: Authenticator) {}

  /** @throws Failure `access.unauthenticated`, `access.denied` */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = policyOf(context.getHandler(), context.getClass());
    if (!policy) throw new Failure('access.denied');
    if (policy.kind === 'public') return true;
    return this.admit(context.switchToHttp().getRequest<FastifyRequest>(), policy.scope);
  }

  private async admit(request: FastifyRequest, scope: Scope): Promise<boolean> {
    const caller = await this.authenticator.callerOf(request.headers.authorization);
    if (!caller) throw new Failure('access.unauthenticated', { detail: 'Send a live key as a bearer token.' });
    if (!caller.scopes.has(scope)) throw new Failure('access.denied', { detail: `The scope ${scope} is needed.` });
    request.caller = caller;
    return true;
  }
}
