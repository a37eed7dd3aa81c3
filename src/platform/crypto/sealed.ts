/** An encrypted secret as stored: `v1.<keyId>.<nonce>.<ciphertext and tag>`, base64url. Safe to log, useless without the key. */
export type Sealed = string & { readonly __brand: 'Sealed' };

/** Where a ciphertext lives. Bound into it, so that it opens nowhere else. */
export interface SealAddress {
  readonly table: string;
  readonly row: string;
  readonly field: string;
}
