import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';

import { Opened } from '../../platform/crypto/opened.js';
import { Ids } from '../../platform/ids/ids.js';
import { isUuid } from '../../platform/pagination/cursor.js';
import { Clock } from '../../platform/time/clock.js';
import { knownScopes, type Scope } from '../scope.js';
import { UserTokenKey } from './user-token-key.js';

/** The claim `iss`, by which our own tokens are told from those of an OIDC issuer. */
export const USER_TOKEN_ISSUER = 'urn:mooring:user-tokens';
const AUDIENCE = 'urn:mooring:api';
const ALGORITHM = 'EdDSA';
const TYPE = 'mooring-user+jwt';

/** What a user token says. */
export interface UserTokenClaims {
  readonly userId: string;
  /** The actor who had it made. */
  readonly issuedBy: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Makes and reads user tokens. Whether user and issuer still are is not its matter; see `TokenStanding`. */
@Injectable()
export class UserTokens {
  constructor(
    private readonly key: UserTokenKey,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async issue({ userId, issuedBy, scopes }: UserTokenClaims, expiresAt: Date): Promise<Opened> {
    const token = new SignJWT({ by: issuedBy, scope: [...scopes].join(' ') })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.key.id, typ: TYPE })
      .setIssuer(USER_TOKEN_ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setJti(this.ids.next())
      .setIssuedAt(this.clock.now())
      .setExpirationTime(expiresAt);
    return new Opened(await token.sign(this.key.privateKey));
  }

  /** @returns null for everything that is not a live token of this installation. */
  async read(token: string): Promise<UserTokenClaims | null> {
    try {
      const { payload } = await jwtVerify(token, this.key.publicKey, {
        algorithms: [ALGORITHM],
        issuer: USER_TOKEN_ISSUER,
        audience: AUDIENCE,
        typ: TYPE,
        currentDate: this.clock.now(),
        requiredClaims: ['sub', 'exp', 'by', 'scope'],
      });
      return claimsOf(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}

function claimsOf({ sub, by, scope }: JWTPayload): UserTokenClaims | null {
  if (sub === undefined || !isUuid(sub) || typeof by !== 'string' || typeof scope !== 'string') return null;
  return { userId: sub, issuedBy: by, scopes: knownScopes(scope.split(' ')) };
}
