import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Failure } from '../../platform/errors/failure.js';
import { isUuid } from '../../platform/pagination/cursor.js';
import type { UserTokenCaller } from '../caller.js';
import { ConnectionOwners, DeletionOwners, LinkSessionOwners } from './owners.js';
import { userBindingOf } from './user-bound-routes.js';

/** Keeps a user token inside its user. Runs in the guard, so before any handler and before any cached answer. */
@Injectable()
export class UserBoundary {
  constructor(
    private readonly connections: ConnectionOwners,
    private readonly linkSessions: LinkSessionOwners,
    private readonly deletions: DeletionOwners,
  ) {}

  /**
   * What belongs to somebody else is answered as what does not exist.
   * @throws Failure `access.denied` where user tokens are not let in, `connection.not_found`, `link.unknown`,
   * `deletion.not_found`,
   * `user.not_found`, `request.invalid`
   */
  async check(request: FastifyRequest, { userId }: UserTokenCaller): Promise<void> {
    const binding = userBindingOf(request.method, request.routeOptions.url);
    switch (binding) {
      case 'connection':
        if (!(await owns(this.connections, idIn(request), userId))) throw unknownConnection();
        return;
      case 'linkSession':
        if (!(await owns(this.linkSessions, idIn(request), userId))) throw unknownLinkSession();
        return;
      case 'deletion':
        if (!(await owns(this.deletions, idIn(request), userId))) throw unknownDeletion();
        return;
      case 'user':
        if (idIn(request) !== userId) throw unknownUser();
        return;
      case 'query':
        (request.query as Record<string, unknown>)['userId'] = userId;
        return;
      case 'body':
        checkBody(request.body, userId);
        return;
      case 'nobody':
        return;
      case undefined:
        throw new Failure('access.denied', { detail: 'A user token does not open this address.' });
    }
  }
}

type Owners = ConnectionOwners | LinkSessionOwners | DeletionOwners;

async function owns(owners: Owners, id: string | null, userId: string): Promise<boolean> {
  return id !== null && (await owners.ownerOf(id)) === userId;
}

/** In small letters, as stored. `null` = nothing can have it. */
function idIn(request: FastifyRequest): string | null {
  const id = (request.params as Record<string, string | undefined>)['id']?.toLowerCase();
  return id !== undefined && isUuid(id) ? id : null;
}

function checkBody(body: unknown, userId: string): void {
  const named: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'userId') : undefined;
  if (typeof named !== 'string') {
    throw new Failure('request.invalid', { violations: [{ pointer: '/userId', message: 'userId must be a UUID' }] });
  }
  if (named.toLowerCase() !== userId) throw unknownUser();
}

// The same words as of the rooms themselves: who compares the answers learns nothing.

function unknownConnection(): Failure {
  return new Failure('connection.not_found', { detail: 'There is no connection with this id.' });
}

function unknownLinkSession(): Failure {
  return new Failure('link.unknown', { detail: 'There is no link session with this id.' });
}

function unknownDeletion(): Failure {
  return new Failure('deletion.not_found', { detail: 'There is no receipt with this id.' });
}

function unknownUser(): Failure {
  return new Failure('user.not_found', { detail: 'There is no user with this id.' });
}
