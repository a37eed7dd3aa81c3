import type { SecretValue } from '../../credentials/secret-value.js';

/** An endpoint of ours that a vendor sends webhooks to. */
export interface Registration {
  readonly id: string;
  readonly provider: string;
  readonly url: string;
  readonly vendorId: SecretValue;
  /** `null` = the vendor signs with the configured secret. */
  readonly secret: SecretValue | null;
  readonly createdAt: Date;
}
