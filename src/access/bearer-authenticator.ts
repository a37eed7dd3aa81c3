import { Injectable } from '@nestjs/common';

import { Authenticator } from './authenticator.js';
import type { Caller } from './caller.js';
import { claimedIssuer, presentedJwt } from './jwt.js';
import { KeyAuthenticator } from './key-authenticator.js';
import { OidcAuthenticator } from './oidc/oidc-authenticator.js';
import { UserTokenAuthenticator } from './user-tokens/user-token-authenticator.js';
import { USER_TOKEN_ISSUER } from './user-tokens/user-tokens.js';

/** A bearer is a key, or a JWT of ours, or one of the OIDC issuer. What has the form of a JWT is never tried as a key. */
@Injectable()
export class BearerAuthenticator extends Authenticator {
  constructor(
    private readonly keys: KeyAuthenticator,
    private readonly userTokens: UserTokenAuthenticator,
    private readonly oidc: OidcAuthenticator,
  ) {
    super();
  }

  /** @throws Failure `service.unavailable` when the OIDC issuer's keys are needed and cannot be had. */
  override callerOf(authorization: string | undefined): Caller | null | Promise<Caller | null> {
    const token = presentedJwt(authorization);
    if (token === null) return this.keys.callerOf(authorization);
    const issuer = claimedIssuer(token);
    if (issuer === USER_TOKEN_ISSUER) return this.userTokens.callerOf(token);
    return issuer !== null && this.oidc.trusts(issuer) ? this.oidc.callerOf(token) : null;
  }
}
