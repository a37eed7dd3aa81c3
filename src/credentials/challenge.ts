import type { Field } from './field.js';

/** An open dialogue: what the user must do before `expiresAt`. `null` = the provider sets no limit. */
export type Challenge = SubmitInformation | ScanQr | OpenApp | FollowRedirect;

interface ChallengeBase {
  readonly expiresAt: Date | null;
}

/** The user types or chooses answers. */
export interface SubmitInformation extends ChallengeBase {
  readonly kind: 'submit_information';
  readonly fields: readonly Field[];
}

/** The user scans a code with the bank's app; the picture comes from `CredentialsService.qr`. */
export interface ScanQr extends ChallengeBase {
  readonly kind: 'scan_qr';
  /** Opens the app on the same device. */
  readonly url?: string;
}

/** The user opens the bank's app. Without `url` the user starts the app by hand. */
export interface OpenApp extends ChallengeBase {
  readonly kind: 'open_app';
  readonly url?: string;
}

/** The user's browser goes to the bank. */
export interface FollowRedirect extends ChallengeBase {
  readonly kind: 'follow_redirect';
  readonly url: string;
}
