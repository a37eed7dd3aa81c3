import type { Capabilities } from '../../credentials/capabilities.js';
import { LINK_PAGES } from './tink-link-url.js';

/** Only what this module has a port for. */
export const TINK_CAPABILITIES: Capabilities = {
  link: [...LINK_PAGES.keys()],
  list: true,
  connect: ['direct', 'link'],
  refresh: 'on_demand',
  authenticate: true,
  supplementalInformation: true,
  qr: true,
  replaceLogin: true,
  renewBeforeExpiry: true,
  webhooks: true,
  users: true,
  data: ['accounts', 'transactions'],
  limits: {
    // PSD2 allows four accesses a day without the user.
    unattendedRefreshesPerDay: 4,
    // Tink's own client stops polling after half an hour.
    settleWithinMs: 30 * 60_000,
  },
};
