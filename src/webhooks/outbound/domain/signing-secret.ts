import { randomBytes } from 'node:crypto';

import { Opened } from '../../../platform/crypto/opened.js';

const BYTES = 32;
/** While a secret is rotated, the old one signs too. */
export const ROTATION_MS = 24 * 3_600_000;

/** `whsec_` and base64, as Standard Webhooks writes it. */
export function generateSigningSecret(): Opened {
  return new Opened(`whsec_${randomBytes(BYTES).toString('base64')}`);
}
