import { isIP, type LookupFunction } from 'node:net';

import { isPublicAddress } from './public-addresses.js';
import type { PublicHttpOptions } from './public-http.options.js';

/** Why an address is not called. */
export type TargetRefusal = 'not_an_address' | 'not_https' | 'credentials_in_address' | 'not_public';

/** What can be said without looking the name up. `null` = nothing against it so far. */
export function refusalOf(address: string, { allowPrivate }: PublicHttpOptions): TargetRefusal | null {
  if (!URL.canParse(address)) return 'not_an_address';
  const url = new URL(address);
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) return 'not_https';
  if (url.username !== '' || url.password !== '') return 'credentials_in_address';
  const host = bareHost(url);
  if (isIP(host) !== 0 && !allowPrivate && !isPublicAddress(host)) return 'not_public';
  return null;
}

/** Looks the name up as well: what a client hears when it gives an address. The call itself looks again. */
export async function refusalAfterLookup(address: string, options: PublicHttpOptions): Promise<TargetRefusal | null> {
  const refusal = refusalOf(address, options);
  if (refusal || options.allowPrivate) return refusal;
  return new Promise((resolve) => {
    // A name that cannot be found now, or not in time, may be found later.
    const late = setTimeout(() => {
      resolve(null);
    }, options.deadlineMs);
    options.resolve(bareHost(new URL(address)), (error, addresses) => {
      clearTimeout(late);
      resolve(error || addresses.every((found) => isPublicAddress(found.address)) ? null : 'not_public');
    });
  });
}

export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
}

/**
 * The look-up of the connection itself: what it lets through is what is connected to, so an answer that changes after
 * a check changes nothing. One refused address refuses the name.
 */
export function guardedLookup({ allowPrivate, resolve }: PublicHttpOptions): LookupFunction {
  return (host, options, done) => {
    resolve(host, (error, addresses) => {
      const [first] = addresses;
      if (error || !first) {
        done(error ?? new Error('The name has no address.'), '', 0);
        return;
      }
      if (!allowPrivate && !addresses.every(({ address }) => isPublicAddress(address))) {
        done(new RefusedAddressError('The name leads to an address that is not public.'), '', 0);
        return;
      }
      if (options.all === true) done(null, [...addresses]);
      else done(null, first.address, first.family);
    });
  };
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
