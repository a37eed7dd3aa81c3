import type { ExecutionContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';

import { Failure } from '../platform/errors/failure.js';
import { AccessGuard } from './access.guard.js';
import { Authenticator } from './authenticator.js';
import type { Caller } from './caller.js';
import { Public } from './public.decorator.js';
import { RequireScope } from './require-scope.decorator.js';
import type { Scope } from './scope.js';
import { ConnectionOwners, DeletionOwners, LinkSessionOwners } from './user-tokens/owners.js';
import { UserBoundary } from './user-tokens/user-boundary.js';

class Routes {
  @RequireScope('users:read')
  read(): void {
    return;
  }

  @Public('a test')
  open(): void {
    return;
  }

  silent(): void {
    return;
  }
}

@Public('a test')
class OpenRoutes {
  silent(): void {
    return;
  }

  @RequireScope('admin')
  closed(): void {
    return;
  }
}

const callerWith = (...scopes: Scope[]): Caller => ({
  kind: 'client',
  clientId: 'c1',
  name: 'one',
  scopes: new Set(scopes),
});

class Known extends Authenticator {
  constructor(private readonly caller: Caller | null) {
    super();
  }

  override async callerOf(): Promise<Caller | null> {
    return this.caller;
  }
}

class NoConnections extends ConnectionOwners {
  override async ownerOf(): Promise<null> {
    return null;
  }
}

class NoLinkSessions extends LinkSessionOwners {
  override async ownerOf(): Promise<null> {
    return null;
  }
}

class NoDeletions extends DeletionOwners {
  override async ownerOf(): Promise<null> {
    return null;
  }
}

async function decide(type: new () => object, route: string, caller: Caller | null) {
  const request = { method: 'GET', routeOptions: { url: '/x' }, headers: {}, caller: undefined as Caller | undefined };
  const guard = new AccessGuard(
    new Known(caller),
    new UserBoundary(new NoConnections(), new NoLinkSessions(), new NoDeletions()),
  );
  const context: ExecutionContext = new ExecutionContextHost(
    [request],
    type,
    Reflect.get(type.prototype as object, route) as () => void,
  );
  try {
    return { admitted: await guard.canActivate(context), caller: request.caller };
  } catch (error) {
    return { code: error instanceof Failure ? error.code : error, caller: request.caller };
  }
}

const reader = callerWith('users:read');
const bound: Caller = { kind: 'user', userId: 'u1', issuedBy: 'client:c1', scopes: new Set(['users:read']) };
const everythingElse = callerWith('users:write', 'admin');

describe('AccessGuard', () => {
  it('admits a caller with the scope, and hands the caller on', async () => {
    expect(await decide(Routes, 'read', reader)).toEqual({ admitted: true, caller: reader });
  });

  it.each([
    ['nobody', Routes, 'read', null, 'access.unauthenticated'],
    ['a caller without the scope, admin or not', Routes, 'read', everythingElse, 'access.denied'],
    ['anybody where nothing is declared', Routes, 'silent', everythingElse, 'access.denied'],
    ['a user token on a route that no list ties to a user', Routes, 'read', bound, 'access.denied'],
    ['nobody on a closed route of an open controller', OpenRoutes, 'closed', null, 'access.unauthenticated'],
    ['a reader on a closed route of an open controller', OpenRoutes, 'closed', reader, 'access.denied'],
  ])('refuses %s', async (_case, type, route, caller, code) => {
    expect(await decide(type, route, caller)).toEqual({ code, caller: undefined });
  });

  it.each([
    ['a public route', Routes, 'open'],
    ['a route of a public controller', OpenRoutes, 'silent'],
  ])('asks nobody on %s', async (_case, type, route) => {
    expect(await decide(type, route, reader)).toEqual({ admitted: true, caller: undefined });
  });
});
