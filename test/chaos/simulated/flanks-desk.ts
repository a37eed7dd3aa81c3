import { MovableClock } from '../../../src/platform/time/clock.js';
import { createFlanksSimulator } from '../../../src/sandbox/flanks/flanks-simulator.js';
import type { FlanksCredentialsState, FlanksSimulator } from '../../../src/sandbox/flanks/flanks-simulator.types.js';
import { ask, hundredths, inTurns, type Desk, type DeskOptions, type Order, type Seeded, type Truth } from './desk.js';

const CLIENT = { client_id: 'chaos', client_secret: 'secret-of-the-flanks-simulator' };
const BANK = 'testbank';
const AT_ONCE = 16;

export async function flanksDesk({ stepMs }: DeskOptions): Promise<Desk> {
  const { client_id: clientId, client_secret: clientSecret } = CLIENT;
  const simulator = await createFlanksSimulator({ clock: new MovableClock(), clientId, clientSecret, stepMs });
  const { control, url } = simulator;
  /** The state names credentials otherwise than the API, because it shows no tokens. */
  const tokens = new Map<string, string>();
  return {
    control,
    env: {
      ...{ FLANKS_API_URL: url, FLANKS_PLATFORM_URL: simulator.platformUrl },
      ...{ FLANKS_CLIENT_ID: clientId, FLANKS_CLIENT_SECRET: clientSecret },
    },
    async seed(orders) {
      const seeded = await seed(simulator, orders);
      for (const { credentialId } of seeded) tokens.set(control.credentials(credentialId).id, credentialId);
      return seeded;
    },
    truth: () => control.state().credentials.map((each) => truthOf(each, tokens.get(each.id) ?? '')),
    total(ref) {
      // Orders of papers are no transactions of an account, and Mooring does not read them.
      const { account, card, liability } = control.totals(ref).transactions;
      const sums = [account, card, liability];
      return {
        count: sums.reduce((count, sum) => count + sum.count, 0),
        hundredths: sums.reduce((all, { sum }) => all + hundredths(sum), 0),
      };
    },
    befall(ref, mishap) {
      if (mishap === 'wrong-login') control.setBlocked(ref, true);
      else if (mishap === 'sca') control.setSca(ref, true);
      else control.setBankAnswer(ref, 'down');
    },
    // Nobody can ask this provider to refresh.
    overlap: () => 0,
    attempts: () => 0,
    clearAttempts: () => undefined,
    close: async () => simulator.close(),
  };
}

function truthOf({ blocked, tokens, pending, lastUpdate }: FlanksCredentialsState, credentialId: string): Truth {
  const [state, word] = blocked
    ? ['blocked', 'BLOCKED']
    : tokens.sca
      ? ['reauth_required', 'PENDING_SCA']
      : pending
        ? ['moving', 'PENDING']
        : ['active', 'ACTIVE'];
  return { credentialId, state, word, dataAsOf: lastUpdate };
}

async function seed({ url, platformUrl }: FlanksSimulator, orders: readonly Order[]): Promise<readonly Seeded[]> {
  const post = async (path: string, body: unknown, bearer?: string) =>
    ask(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
      body: JSON.stringify(body),
    });
  const access = await post('/v0/token', { ...CLIENT, grant_type: 'client_credentials' });
  const bearer = String(access['access_token']);
  const made = await post('/v0/links/create-link', { redirect_uri: 'https://chaos.example/back' }, bearer);
  const token = (made['data'] as { token: string }).token;
  return inTurns(orders, AT_ONCE, async ({ userId, key }) => {
    const body = new URLSearchParams({ token, bank: BANK, username: key, password: 'correct-horse' });
    const { location } = await ask(`${platformUrl}/link`, { method: 'POST', body });
    const code = new URL(String(location)).searchParams.get('code');
    const exchanged = await post('/v0/platform/link', { code }, bearer);
    const credentialId = String(exchanged['credentials_token']);
    return { userId, credentialId, institutionId: BANK, institutionName: 'TestBank' };
  });
}
