import { Failure } from '../platform/errors/failure.js';
import type { Scope } from './scope.js';

/** A program with a key of its own. */
export interface ClientCaller {
  readonly kind: 'client';
  readonly clientId: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Who makes a request. Set by the guard on every route that is not public. */
export type Caller = ClientCaller;

/** The name under which a caller stands in the audit log and in events, e.g. `client:0199…`. */
export function actorOf(caller: Caller): string {
  return `client:${caller.clientId}`;
}

/** @throws Failure `access.unauthenticated` on a public route */
export function callerOf(request: { readonly caller?: Caller }): Caller {
  if (!request.caller) throw new Failure('access.unauthenticated');
  return request.caller;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
  }
}
