import { MovableClock } from '../../../src/platform/time/clock.js';
import { createTinkSimulator } from '../../../src/sandbox/tink/tink-simulator.js';
import type { CredentialsState, TinkSimulator } from '../../../src/sandbox/tink/tink-simulator.types.js';
import {
  ask,
  hundredths,
  inTurns,
  type Desk,
  type DeskOptions,
  type Mishap,
  type Order,
  type Seeded,
  type Truth,
} from './desk.js';

const CLIENT = { client_id: 'chaos', client_secret: 'secret-of-the-tink-simulator' };
const SCOPES = 'credentials:read,credentials:write,credentials:refresh,user:read';
const BANK = 'se-demobank-password';
/** One account, so that a load is small. */
const LOGIN = { username: 'u10000002', password: 'abc123' };
const AT_ONCE = 16;
const MISHAPS = { 'wrong-login': 'wrong-login', sca: 'wrong-login', 'bank-down': 'bank-down' } as const;

const STATES: Readonly<Record<string, string>> = {
  UPDATED: 'active',
  TEMPORARY_ERROR: 'retrying',
  SESSION_EXPIRED: 'reauth_required',
  PERMANENT_ERROR: 'failed',
  AUTHENTICATION_ERROR: 'blocked',
};

export async function tinkDesk({ stepMs }: DeskOptions): Promise<Desk> {
  const { client_id: clientId, client_secret: clientSecret } = CLIENT;
  const simulator = await createTinkSimulator({ clock: new MovableClock(), clientId, clientSecret, stepMs });
  const { control, url } = simulator;
  return {
    control,
    env: {
      ...{ TINK_API_URL: url, TINK_LINK_URL: simulator.linkUrl },
      ...{ TINK_CLIENT_ID: clientId, TINK_CLIENT_SECRET: clientSecret },
    },
    seed: async (orders) => seed(simulator, orders),
    truth: () => control.state().credentials.map(truthOf),
    total(credentialsId) {
      const { booked, pending } = control.totals({ credentialsId });
      const sums = [...Object.values(booked), ...Object.values(pending)];
      return {
        count: sums.reduce((count, sum) => count + sum.count, 0),
        hundredths: sums.reduce((all, { sum }) => all + hundredths(sum), 0),
      };
    },
    befall: (id, mishap: Mishap) => void control.setOutcome(id, MISHAPS[mishap]),
    overlap: () => control.state().maxConcurrentRefreshesPerCredential,
    attempts: () => 0,
    clearAttempts: () => undefined,
    close: async () => simulator.close(),
  };
}

function truthOf({ id, status, running, updated }: CredentialsState): Truth {
  return {
    credentialId: id,
    state: running ? 'moving' : (STATES[status] ?? 'moving'),
    word: status,
    dataAsOf: updated,
  };
}

async function seed({ url }: TinkSimulator, orders: readonly Order[]): Promise<readonly Seeded[]> {
  const token = async (form: Record<string, string>): Promise<string> => {
    const body = new URLSearchParams({ ...CLIENT, ...form });
    return String((await ask(`${url}/api/v1/oauth/token`, { method: 'POST', body }))['access_token']);
  };
  const client = await token({ grant_type: 'client_credentials', scope: 'user:create,authorization:grant' });
  const json = (bearer: string, body: unknown): RequestInit => ({
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return inTurns(orders, AT_ONCE, async ({ userId }) => {
    const user = { external_user_id: userId, market: 'SE', locale: 'en_GB' };
    await ask(`${url}/api/v1/user/create`, json(client, user));
    const grant = await ask(`${url}/api/v1/oauth/authorization-grant`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client}` },
      body: new URLSearchParams({ external_user_id: userId, scope: SCOPES }),
    });
    const bearer = await token({ grant_type: 'authorization_code', code: String(grant['code']) });
    const made = await ask(`${url}/api/v1/credentials`, json(bearer, { providerName: BANK, fields: LOGIN }));
    return { userId, credentialId: String(made['id']), institutionId: BANK, institutionName: 'Demo Bank' };
  });
}
