import { decodeJwt } from 'jose';

/** `eyJ` is how every JSON object begins in base64. */
const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/;
const SCHEME = /^bearer +/i;

/** @returns the bearer token if it has the form of a JWT, else null. Proves nothing. */
export function presentedJwt(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.startsWith('Bearer mk_')) return null;
  if (!SCHEME.test(authorization)) return null;
  const token = authorization.replace(SCHEME, '');
  return JWT.test(token) ? token : null;
}

/** Who says to have made a token, to know with whose keys to check that. */
export function claimedIssuer(token: string): string | null {
  try {
    return decodeJwt(token).iss ?? null;
  } catch {
    return null;
  }
}
