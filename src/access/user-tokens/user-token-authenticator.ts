import { Injectable } from '@nestjs/common';

import type { UserTokenCaller } from '../caller.js';
import { TokenStanding } from './token-standing.js';
import { UserTokens } from './user-tokens.js';

/** Knows callers by their user tokens. */
@Injectable()
export class UserTokenAuthenticator {
  constructor(
    private readonly tokens: UserTokens,
    private readonly standing: TokenStanding,
  ) {}

  async callerOf(token: string): Promise<UserTokenCaller | null> {
    const claims = await this.tokens.read(token);
    if (!claims) return null;
    const { userId, issuedBy } = claims;
    const allowed = await this.standing.allows(issuedBy, userId);
    if (!allowed) return null;
    const scopes = new Set([...claims.scopes].filter((scope) => allowed.has(scope)));
    return { kind: 'user', userId, issuedBy, scopes };
  }
}
