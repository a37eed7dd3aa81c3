import { Injectable } from '@nestjs/common';

import { AuditLog } from '../../audit/audit-log.js';
import type { Opened } from '../../platform/crypto/opened.js';
import { Failure } from '../../platform/errors/failure.js';
import { RequestContext } from '../../platform/logging/request-context.js';
import { Clock } from '../../platform/time/clock.js';
import { actorOf, type Caller } from '../caller.js';
import type { UserTokenScope } from '../scope.js';
import { TokenSubjects } from './token-subjects.js';
import { UserTokens } from './user-tokens.js';

export interface UserTokenRequest {
  readonly userId: string;
  readonly scope: readonly UserTokenScope[];
  /** Seconds. */
  readonly ttl: number;
}

export interface IssuedUserToken {
  readonly token: Opened;
  readonly scope: readonly UserTokenScope[];
  readonly expiresAt: Date;
}

/** Makes a user token. It allows no more than its issuer may, and lives no longer. */
@Injectable()
export class IssueUserToken {
  constructor(
    private readonly tokens: UserTokens,
    private readonly subjects: TokenSubjects,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `access.denied`, `user.not_found`, `user.deleting` */
  async run({ userId, scope, ttl }: UserTokenRequest, caller: Caller): Promise<IssuedUserToken> {
    if (caller.kind === 'user') throw new Failure('access.denied', { detail: 'A user token makes no tokens.' });
    const missing = scope.filter((one) => !caller.scopes.has(one));
    if (missing.length > 0) {
      throw new Failure('access.denied', { detail: `You do not have this scope yourself: ${missing.join(', ')}.` });
    }
    await this.checkUser(userId);
    const expiresAt = this.endOf(ttl, caller);
    await this.record(userId, scope, expiresAt, caller);
    const claims = { userId, issuedBy: actorOf(caller), scopes: new Set(scope) };
    return { token: await this.tokens.issue(claims, expiresAt), scope: [...claims.scopes], expiresAt };
  }

  private async checkUser(userId: string): Promise<void> {
    const standing = await this.subjects.standingOf(userId);
    if (standing === 'unknown') throw new Failure('user.not_found', { detail: 'There is no user with this id.' });
    if (standing === 'leaving') throw new Failure('user.deleting', { detail: 'This user is being deleted.' });
  }

  /** Whole seconds, as in the token. */
  private endOf(ttl: number, caller: Caller): Date {
    const end = Math.floor(this.clock.now().getTime() / 1000 + ttl) * 1000;
    return new Date(caller.kind === 'oidc' ? Math.min(end, caller.expiresAt.getTime()) : end);
  }

  private async record(userId: string, scope: readonly string[], expiresAt: Date, caller: Caller): Promise<void> {
    const { requestId } = RequestContext;
    await this.audit.record({
      actor: actorOf(caller),
      action: 'user_token.issued',
      subject: `user:${userId}`,
      detail: { scope, expiresAt: expiresAt.toISOString() },
      ...(requestId === null ? {} : { requestId }),
    });
  }
}
