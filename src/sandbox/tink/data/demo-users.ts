/** How the demo bank treats a login. */
export const OUTCOMES = [
  'all-data',
  'partial-data',
  'no-accounts',
  'wrong-login',
  'blocked',
  'not-a-customer',
  'temporary-error',
  'bank-down',
  'permanent-error',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface DemoUser {
  readonly username: string;
  readonly password: string;
  readonly outcome: Outcome;
  readonly holder: string;
}

/** The same people at every demo bank. Public by nature: the bank does not exist. */
export const DEMO_USERS: readonly DemoUser[] = [
  { username: 'u10000001', password: 'abc123', outcome: 'all-data', holder: 'Astrid Demo' },
  { username: 'u10000002', password: 'abc123', outcome: 'partial-data', holder: 'Bruno Demo' },
  { username: 'u10000003', password: 'abc123', outcome: 'no-accounts', holder: 'Carla Demo' },
  { username: 'u10000004', password: 'abc123', outcome: 'wrong-login', holder: 'Dario Demo' },
  { username: 'u10000005', password: 'abc123', outcome: 'blocked', holder: 'Elin Demo' },
  { username: 'u10000006', password: 'abc123', outcome: 'temporary-error', holder: 'Femke Demo' },
  { username: 'u10000007', password: 'abc123', outcome: 'bank-down', holder: 'Gustav Demo' },
  { username: 'u10000008', password: 'abc123', outcome: 'not-a-customer', holder: 'Hanna Demo' },
];

/** The `<market>-test-*` providers know one more. */
const TEST_USER: DemoUser = {
  username: 'tink',
  password: 'tink-1234',
  outcome: 'all-data',
  holder: 'Test Demo',
};

/** Says who signs in with these fields. A bank with its own page starts with the first demo user; the page can choose another. */
export function signIn(
  fields: Readonly<Record<string, string>>,
  bank: { readonly asks: readonly string[]; readonly test: boolean },
): { readonly login: string; readonly outcome: Outcome } {
  const login = fields['username'] ?? '';
  if (!bank.asks.includes('username')) return { login: DEMO_USERS[0]?.username ?? '', outcome: 'all-data' };
  // The test provider with two rounds of codes takes a name without a password.
  if (!bank.asks.includes('password')) return { login, outcome: login === 'tink-test' ? 'all-data' : 'wrong-login' };
  const user = (bank.test ? [TEST_USER] : DEMO_USERS).find(({ username }) => username === login);
  return { login, outcome: user && user.password === fields['password'] ? user.outcome : 'wrong-login' };
}

export function demoUser(username: string): DemoUser | null {
  return DEMO_USERS.find((user) => user.username === username) ?? null;
}
