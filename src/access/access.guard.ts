import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Failure } from '../platform/errors/failure.js';
import { Authenticator } from './authenticator.js';
import type { Caller } from './caller.js';
import { policyOf } from './route-policy.js';
import type { Scope } from './scope.js';
import { UserBoundary } from './user-tokens/user-boundary.js';

/** Closed by default: only what declares a policy can be reached, and only by whom the policy names. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly boundary: UserBoundary,
  ) {}

  /** @throws Failure `access.unauthenticated`, `access.denied`, and those of `UserBoundary` */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = policyOf(context.getHandler(), context.getClass());
    if (!policy) throw new Failure('access.denied');
    if (policy.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = this.authenticator.callerOf(request.headers.authorization);
    // Nearly always the caller is known at once, and a promise would cost more than all of this.
    if (caller instanceof Promise) return caller.then((known) => this.admit(request, known, policy.scope));
    return this.admit(request, caller, policy.scope);
  }

  private admit(request: FastifyRequest, caller: Caller | null, scope: Scope): true | Promise<true> {
    if (!caller) throw new Failure('access.unauthenticated', { detail: 'Send a live key or token as a bearer.' });
    if (!caller.scopes.has(scope)) throw new Failure('access.denied', { detail: `The scope ${scope} is needed.` });
    if (caller.kind === 'user') {
      return this.boundary.check(request, caller).then(() => {
        request.caller = caller;
        return true;
      });
    }
    request.caller = caller;
    return true;
  }
}
