import { Injectable, Logger } from '@nestjs/common';
import { jwtVerify, type JWTPayload } from 'jose';

import { OidcConfig } from '../../config/slices.js';
import { Failure } from '../../platform/errors/failure.js';
import { Clock } from '../../platform/time/clock.js';
import type { OidcCaller } from '../caller.js';
import { knownScopes, type Scope } from '../scope.js';
import { OidcKeys } from './oidc-keys.js';

/** Signatures that only the issuer can make. A shared secret or no signature at all proves nothing. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Seconds that the issuer's clock may be off. */
const TOLERANCE = 5;
/** It goes into the audit log and into events. */
const SUBJECT = /^[\x21-\x7e]{1,200}$/;

/** Knows callers by the tokens of the configured OIDC issuer. */
@Injectable()
export class OidcAuthenticator {
  private readonly log = new Logger('Access');

  constructor(
    private readonly config: OidcConfig,
    private readonly keys: OidcKeys,
    private readonly clock: Clock,
  ) {}

  trusts(issuer: string): boolean {
    return this.config.provider?.issuer === issuer;
  }

  /** @throws Failure `service.unavailable` when the issuer's keys cannot be had. */
  async callerOf(token: string): Promise<OidcCaller | null> {
    const { provider } = this.config;
    if (!provider) return null;
    try {
      const { payload } = await jwtVerify(token, (header, jws) => this.keys.find(header, jws), {
        algorithms: ALGORITHMS,
        issuer: provider.issuer,
        audience: provider.audience,
        currentDate: this.clock.now(),
        clockTolerance: TOLERANCE,
        requiredClaims: ['sub', 'exp'],
      });
      return callerIn(payload);
    } catch (error) {
      if (error instanceof Failure) throw error;
      // Also what the issuer's own keys are refused for, e.g. an RSA key that is too short.
      this.log.debug({ err: error }, 'a token of the OIDC issuer was refused');
      return null;
    }
  }
}

function callerIn({ sub, exp, scope, scp }: JWTPayload): OidcCaller | null {
  if (sub === undefined || !SUBJECT.test(sub) || exp === undefined) return null;
  return { kind: 'oidc', subject: sub, scopes: scopesIn(scope ?? scp), expiresAt: new Date(exp * 1000) };
}

/** `scope` is a text with spaces (RFC 9068), `scp` of some issuers a list. */
function scopesIn(claim: unknown): ReadonlySet<Scope> {
  if (typeof claim === 'string') return knownScopes(claim.split(' '));
  return knownScopes(Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : []);
}
