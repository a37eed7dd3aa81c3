import type { Institution } from '../credentials/institution-directory.js';
import type { SecretValue } from '../credentials/secret-value.js';

/** A login that fits what the institution asks for. */
export interface CheckedLogin {
  readonly institution: Institution;
  readonly fields: ReadonlyMap<string, SecretValue>;
  /** `null` = the bank asks for nothing that names the user. */
  readonly fingerprint: string | null;
}
