import { type Json, queryList } from '../../simulator/json.js';
import { type DemoProvider, MARKETS, PROVIDERS } from '../data/providers.js';
import type { Credential } from '../machine/credential.js';
import type { TinkWorld } from '../tink-world.js';
import { badParameter, badState, type LinkError } from './link-return.js';
import { LINK_ACTOR, type LinkPurpose, type LinkVisit } from './link-visit.js';

const LIMIT_PROVIDER = 100;
const LIMIT_USERNAME = 50;
const NEEDED = ['credentials:read', 'credentials:refresh', 'credentials:write', 'providers:read', 'user:read'];

export type Asked =
  /** Where to send the user is not known or not trusted. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'error'; readonly target: Pick<LinkVisit, 'redirectUri' | 'state'>; readonly error: LinkError }
  | { readonly kind: 'visit'; readonly visit: Omit<LinkVisit, 'id' | 'expiresAt'> };

/** Reads the address that an app made. The code is spent here, also when something else is wrong with the address. */
export function readParameters(world: TinkWorld, purpose: LinkPurpose, query: Json): Asked {
  const text = (name: string): string | null => queryList(query, name)[0] ?? null;
  const redirectUri = text('redirect_uri') ?? '';
  if (text('client_id') !== world.options.clientId) return { kind: 'refused', message: 'INVALID_PARAMETER_CLIENT_ID' };
  if (!isWebAddress(redirectUri)) return { kind: 'refused', message: 'INVALID_PARAMETER_REDIRECT_URI' };
  const target = { redirectUri, state: text('state') };
  const grant = world.tokens.redeem(text('authorization_code') ?? '', LINK_ACTOR, world.now());
  if (!grant?.userId) return { kind: 'error', target, error: badParameter('AUTHORIZATION_CODE') };
  const common = {
    ...target,
    ...{ purpose, userId: grant.userId, started: false, username: text('input_username') },
    market: marketOf(text('market')),
    test: text('test') === 'true',
  };
  if (!NEEDED.every((scope) => grant.scopes.includes(scope))) {
    return { kind: 'error', target, error: badState('SCOPE') };
  }
  if ((common.username ?? '').length > LIMIT_USERNAME) {
    return { kind: 'error', target, error: badParameter('INPUT_USERNAME') };
  }
  const subject = subjectOf(world, common, text('input_provider'), text('credentials_id'));
  return 'error' in subject
    ? { kind: 'error', target, error: subject }
    : { kind: 'visit', visit: { ...common, ...subject } };
}

type Common = Pick<LinkVisit, 'purpose' | 'userId' | 'market' | 'test'>;
type Subject = Pick<LinkVisit, 'providerName' | 'credentialsId'>;

function subjectOf(
  world: TinkWorld,
  { purpose, userId, market, test }: Common,
  providerName: string | null,
  credentialsId: string | null,
): Subject | LinkError {
  if (purpose === 'add') {
    if (providerName === null) return { providerName, credentialsId: null };
    const known =
      providerName.length <= LIMIT_PROVIDER && banksOf(market, test).some(({ name }) => name === providerName);
    return known ? { providerName, credentialsId: null } : badParameter('INPUT_PROVIDER');
  }
  const credential = world.find(credentialsId ?? '');
  if (credential?.userId !== userId) return badParameter('CREDENTIALS_ID');
  return obstacle(credential, purpose) ?? { providerName: credential.providerName, credentialsId: credential.id };
}

function obstacle({ status, run, openBanking }: Credential, purpose: LinkPurpose): LinkError | null {
  if (status === 'PERMANENT_ERROR') return badState('CREDENTIALS');
  if (status === 'AWAITING_THIRD_PARTY_APP_AUTHENTICATION') return badState('CREDENTIALS_IS_AWAITING_THIRD_PARTY');
  if (run) return badState('REFRESH_CREDENTIALS_RATE_LIMITED');
  return purpose === 'authenticate' && !openBanking ? badState('NON_OPEN_BANKING_PROVIDER') : null;
}

/** Every bank here is a demo bank, so without `test` there are none. */
export function banksOf(market: string, test: boolean): readonly DemoProvider[] {
  if (!test) return [];
  return [...PROVIDERS.values()].filter(
    (provider) => provider.market === market && provider.capabilities.includes('CHECKING_ACCOUNTS'),
  );
}

function marketOf(text: string | null): string {
  return MARKETS.find((market) => market === text) ?? 'SE';
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).hash === '';
}
