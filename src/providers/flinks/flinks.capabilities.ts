import type { Capabilities } from '../../credentials/capabilities.js';

/** Only what this module has a port for. */
export const FLINKS_CAPABILITIES: Capabilities = {
  connect: ['direct', 'link'],
  link: ['connect', 'renew', 'update_login'],
  // No endpoint tells which LoginIds exist.
  list: false,
  // A live login may ask the user at any time; only Flinks' own nightly run goes without.
  refresh: 'user_present',
  authenticate: true,
  supplementalInformation: true,
  qr: false,
  replaceLogin: true,
  // Flinks knows no consents that end.
  renewBeforeExpiry: false,
  webhooks: true,
  users: false,
  data: ['accounts', 'transactions', 'statements'],
  limits: {
    // Flinks publishes no number. Without the user a live login may end in a question that nobody answers.
    unattendedRefreshesPerDay: 4,
    // A session's data processing is cut off after half an hour.
    settleWithinMs: 30 * 60_000,
  },
};
