import { MovableClock } from '../../../src/platform/time/clock.js';
import { createFlinksSimulator } from '../../../src/sandbox/flinks/flinks-simulator.js';
import type { CardState } from '../../../src/sandbox/flinks/flinks-simulator.types.js';
import { hundredths, type Desk, type DeskOptions, type Truth } from './desk.js';

const CUSTOMER = '5a4db0c5-0000-4000-8000-0000000000cc';
const SECRET = 'secret-of-the-flinks-simulator';
const BANK = 'FlinksCapital';
const CODES = {
  'wrong-login': 'INVALID_PASSWORD',
  sca: 'INVALID_SECURITY_RESPONSE',
  'bank-down': 'RETRY_LATER',
} as const;

export async function flinksDesk({ stepMs }: DeskOptions): Promise<Desk> {
  const simulator = await createFlinksSimulator({
    ...{ clock: new MovableClock(), customerId: CUSTOMER, stepMs, secretKey: SECRET, apiKey: SECRET },
  });
  const { control } = simulator;
  return {
    control,
    env: {
      ...{ FLINKS_API_URL: simulator.apiUrl, FLINKS_CONNECT_URL: simulator.connectUrl },
      ...{ FLINKS_CUSTOMER_ID: CUSTOMER, FLINKS_SECRET_KEY: SECRET, FLINKS_API_KEY: SECRET },
    },
    seed: async (orders) =>
      orders.map(({ userId, key }) => {
        const credentialId = control.link({ institution: BANK, username: key, scheduleRefresh: true });
        return { userId, credentialId, institutionId: BANK, institutionName: BANK };
      }),
    truth: () => control.state().cards.map(truthOf),
    total(loginId) {
      const { count, sums } = control.totals(loginId);
      return { count, hundredths: Object.values(sums).reduce((all, sum) => all + hundredths(sum), 0) };
    },
    befall: (loginId, mishap) => void control.setLastRefreshError(loginId, CODES[mishap]),
    overlap: () => control.state().maxConcurrentRefreshesPerCredential,
    // What it tries by the id of a card is the login that it keeps, not the one that was entered.
    attempts: (username) => control.attempts({ username, cause: 'credentials' }).length,
    clearAttempts: () => {
      control.clearAttempts();
    },
    close: async () => simulator.close(),
  };
}

const STATES: Readonly<Record<string, string>> = {
  INVALID_PASSWORD: 'blocked',
  INVALID_SECURITY_RESPONSE: 'reauth_required',
  RETRY_LATER: 'retrying',
};

function truthOf({ loginId, lastRefreshError, dataAsOf, aggregating }: CardState): Truth {
  const state = lastRefreshError === null ? 'active' : (STATES[lastRefreshError] ?? 'unknown');
  return { credentialId: loginId, state: aggregating ? 'moving' : state, word: lastRefreshError ?? 'OK', dataAsOf };
}
