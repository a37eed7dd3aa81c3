import type { Flow } from '../machine/credential.js';
import type { CredentialsType, Field } from '../wire.types.js';

export interface DemoProvider {
  readonly name: string;
  readonly displayName: string;
  readonly market: string;
  readonly type: CredentialsType;
  readonly flow: Flow;
  readonly openBanking: boolean;
  readonly sessionDays: number;
  /** The user's consent can be confirmed again without a new sign-in. */
  readonly extendable: boolean;
  readonly fields: readonly Field[];
  readonly capabilities: readonly string[];
  /** One of the older test providers, listed only on request. */
  readonly test: boolean;
}

type Variant =
  | 'password'
  | 'open-banking-redirect'
  | 'open-banking-redirect-aispis'
  | 'open-banking-redirect-extendable'
  | 'open-banking-redirect-pisonly'
  | 'open-banking-handoff'
  | 'open-banking-embedded'
  | 'open-banking-embedded-templates'
  | 'open-banking-bankid'
  | 'permanent-error';

const R = 'open-banking-redirect';
const E = 'open-banking-embedded';
const PISONLY = 'open-banking-redirect-pisonly';
const AISPIS = 'open-banking-redirect-aispis';

/** The documented names; `permanent-error` is this simulator's own, because no documented one ends there. */
const VARIANTS: Readonly<Record<string, readonly Variant[]>> = {
  AT: ['password', R, E],
  BE: [R],
  CZ: [R],
  DE: ['password', R, 'open-banking-embedded-templates', PISONLY],
  DK: ['password', R, E],
  EE: [R, E],
  ES: ['password', R, E],
  FI: [R, E],
  FR: ['password', R, AISPIS, E],
  GB: ['open-banking-handoff', R, AISPIS, 'open-banking-redirect-extendable'],
  IE: [R, E],
  IT: [R, E, PISONLY],
  LV: [R],
  NL: [R],
  NO: ['password', R, E],
  PL: [R],
  PT: ['password', R],
  SE: ['password', R, E, 'open-banking-bankid', 'permanent-error'],
};

export const MARKETS: readonly string[] = Object.keys(VARIANTS);

const CURRENCIES: Readonly<Record<string, string>> = {
  CZ: 'CZK',
  DK: 'DKK',
  GB: 'GBP',
  NO: 'NOK',
  PL: 'PLN',
  SE: 'SEK',
};

/** Everywhere else 90. */
const SESSION_180 = ['DK', 'EE', 'FI', 'IT', 'LV', 'LT', 'PL', 'SE', 'BE', 'NL'];
const ACCOUNTS = ['CHECKING_ACCOUNTS', 'SAVINGS_ACCOUNTS', 'CREDIT_CARDS', 'IDENTITY_DATA'];
const PLAIN = { immutable: false, masked: false, numeric: false, optional: false, sensitive: false } as const;
const USERNAME: Field = { ...PLAIN, name: 'username', description: 'Username' };
const PASSWORD: Field = { ...PLAIN, name: 'password', description: 'Password', masked: true, sensitive: true };
const EXPIRY: Field = {
  ...PLAIN,
  name: 'sessionExpiryTime',
  description: 'Seconds until the session ends',
  numeric: true,
};

type Shape = Pick<DemoProvider, 'type' | 'flow' | 'openBanking' | 'fields'>;

const REDIRECT: Shape = {
  type: 'THIRD_PARTY_APP',
  flow: { kind: 'third-party', auto: null },
  openBanking: true,
  fields: [],
};
const LOGIN: Shape = { type: 'PASSWORD', flow: { kind: 'password' }, openBanking: false, fields: [USERNAME, PASSWORD] };

const SHAPES: Partial<Record<Variant, Shape>> = {
  password: LOGIN,
  'permanent-error': { ...LOGIN, flow: { kind: 'switched-off' } },
  'open-banking-embedded': { ...LOGIN, openBanking: true, flow: { kind: 'questions', script: 'otp' } },
  'open-banking-embedded-templates': { ...LOGIN, openBanking: true, flow: { kind: 'questions', script: 'templates' } },
  'open-banking-bankid': { ...REDIRECT, type: 'MOBILE_BANKID', flow: { kind: 'bankid', token: true, auto: false } },
};

function demoBank(market: string, variant: Variant): DemoProvider {
  return {
    ...(SHAPES[variant] ?? REDIRECT),
    name: `${market === 'GB' ? 'uk' : market.toLowerCase()}-demobank-${variant}`,
    displayName: `Demo Bank (${variant.replaceAll('-', ' ')})`,
    market,
    sessionDays: SESSION_180.includes(market) ? 180 : 90,
    extendable: variant === 'open-banking-redirect-extendable',
    capabilities: variant === PISONLY ? ['PAYMENTS'] : ACCOUNTS,
    test: false,
  };
}

function testProvider(name: string, market: string, shape: Shape): DemoProvider {
  return {
    ...shape,
    name,
    displayName: `Test ${name.slice(name.indexOf('-test-') + 6).replaceAll('-', ' ')}`,
    market,
    sessionDays: 30,
    extendable: false,
    capabilities: ACCOUNTS,
    test: true,
  };
}

function app(auto: 'success' | 'failed' | 'cancelled', openBanking = true): Shape {
  return { ...REDIRECT, openBanking, flow: { kind: 'third-party', auto } };
}

function bankId(token: boolean): Shape {
  return { type: 'MOBILE_BANKID', flow: { kind: 'bankid', token, auto: true }, openBanking: false, fields: [] };
}

const ROUNDS: Shape = {
  type: 'KEYFOB',
  flow: { kind: 'questions', script: 'two-rounds' },
  openBanking: false,
  fields: [USERNAME],
};

const TEST_PROVIDERS: readonly DemoProvider[] = [
  testProvider('se-test-multi-supplemental', 'SE', ROUNDS),
  testProvider('se-test-bankid-successful', 'SE', bankId(false)),
  testProvider('se-test-bankid-qr-successful', 'SE', bankId(true)),
  testProvider('se-test-other-third-party-app-successful', 'SE', app('success', false)),
  testProvider('se-test-open-banking-decoupled-successful', 'SE', app('success')),
  testProvider('uk-test-open-banking-redirect-failed', 'GB', app('failed')),
  testProvider('uk-test-open-banking-redirect-cancelled', 'GB', app('cancelled')),
];

const EVERYWHERE = ['SE', 'GB', 'DE', 'ES'].flatMap((market) => {
  const prefix = market === 'GB' ? 'uk' : market.toLowerCase();
  return [
    testProvider(`${prefix}-test-password`, market, LOGIN),
    testProvider(`${prefix}-test-open-banking-redirect`, market, REDIRECT),
    testProvider(`${prefix}-test-open-banking-redirect-configurable-session-expiry`, market, {
      ...REDIRECT,
      fields: [EXPIRY],
    }),
  ];
});

export const PROVIDERS: ReadonlyMap<string, DemoProvider> = new Map(
  [
    ...Object.entries(VARIANTS).flatMap(([market, variants]) => variants.map((variant) => demoBank(market, variant))),
    ...EVERYWHERE,
    ...TEST_PROVIDERS,
  ].map((provider) => [provider.name, provider]),
);

export function currencyOf(market: string): string {
  return CURRENCIES[market] ?? 'EUR';
}

/** The object of `/api/v1/providers`. */
export function providerView(provider: DemoProvider, rank: number): Record<string, unknown> {
  const { name, displayName, market, fields, capabilities } = provider;
  const flows = {
    password: 'EMBEDDED',
    questions: 'EMBEDDED',
    'switched-off': 'EMBEDDED',
    bankid: 'DECOUPLED',
  } as const;
  const flow = provider.flow.kind;
  return {
    name,
    displayName,
    displayDescription: displayName,
    groupDisplayName: 'Demo Bank',
    market,
    currency: currencyOf(market),
    type: provider.test ? 'TEST' : 'BANK',
    status: 'ENABLED',
    accessType: provider.openBanking ? 'OPEN_BANKING' : 'OTHER',
    authenticationFlow: flow === 'third-party' ? (name.includes('redirect') ? 'REDIRECT' : 'DECOUPLED') : flows[flow],
    authenticationUserType: 'PERSONAL',
    credentialsType: provider.type,
    capabilities,
    pisCapabilities: [],
    financialInstitutionId: `demobank-${market.toLowerCase()}`,
    financialInstitutionName: 'Demo Bank',
    financialServices: [{ segment: 'PERSONAL', shortName: 'Personal Banking' }],
    fields,
    hasAuthenticationOptions: false,
    images: { icon: null, banner: null },
    keywords: [],
    multiFactor: flow !== 'password',
    passwordHelpText: null,
    popular: rank === 0,
    rank,
  };
}
