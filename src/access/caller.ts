import { Failure } from '../platform/errors/failure.js';
import type { Scope } from './scope.js';

/** A program with a key of its own. */
export interface ClientCaller {
  readonly kind: 'client';
  readonly clientId: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** A program or person with a token of the configured OIDC issuer. */
export interface OidcCaller {
  readonly kind: 'oidc';
  /** The claim `sub`. */
  readonly subject: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly expiresAt: Date;
}

/** Somebody with a user token: sees one user and nothing else; see `UserBoundary`. */
export interface UserTokenCaller {
  readonly kind: 'user';
  readonly userId: string;
  /** The actor who had the token made, e.g. `client:0199…`. */
  readonly issuedBy: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Who makes a request. Set by the guard on every route that is not public. */
export type Caller = ClientCaller | OidcCaller | UserTokenCaller;

/** The name under which a caller stands in the audit log and in events, e.g. `client:0199…`. */
export function actorOf(caller: Caller): string {
  switch (caller.kind) {
    case 'client':
      return `client:${caller.clientId}`;
    case 'oidc':
      return `oidc:${caller.subject}`;
    case 'user':
      return `user:${caller.userId}`;
  }
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
