import type { Capabilities } from '../../credentials/capabilities.js';

/** Only what this module has a port for. The user does everything on Flanks' pages, and Flanks refreshes daily. */
export const FLANKS_CAPABILITIES: Capabilities = {
  connect: ['link'],
  link: ['connect', 'renew', 'update_login'],
  list: true,
  refresh: 'by_provider',
  authenticate: false,
  supplementalInformation: false,
  qr: false,
  replaceLogin: false,
  renewBeforeExpiry: false,
  webhooks: false,
  users: false,
  data: ['accounts', 'transactions', 'holdings'],
  limits: {
    unattendedRefreshesPerDay: 0,
    // Only the first load moves, and a long portfolio history takes long; Flanks names no limit.
    settleWithinMs: 6 * 60 * 60_000,
  },
};
