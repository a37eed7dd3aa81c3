import type { Capabilities } from '../../credentials/capabilities.js';

/** What a provider can do that was switched off while connections to it exist: nothing. */
export const ABSENT_CAPABILITIES: Capabilities = {
  connect: [],
  link: [],
  list: false,
  refresh: 'by_provider',
  authenticate: false,
  supplementalInformation: false,
  qr: false,
  replaceLogin: false,
  renewBeforeExpiry: false,
  webhooks: false,
  users: false,
  data: [],
  limits: { unattendedRefreshesPerDay: 0, settleWithinMs: 0 },
};
