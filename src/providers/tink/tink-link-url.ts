import type { LinkRequest } from '../../credentials/link-flow.js';
import type { LinkPurpose } from '../../credentials/link-purpose.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';

/** The purposes that Tink's documentation has a page for. A page that takes a new password is not documented. */
export const LINK_PAGES: ReadonlyMap<LinkPurpose, string> = new Map([
  ['connect', '/1.0/transactions/connect-accounts'],
  ['renew', '/1.0/transactions/update-consent'],
]);

const LOCALES: readonly string[] = [
  ...['cs_CZ', 'da_DK', 'de_DE', 'en_US', 'en_GB', 'es_ES', 'et_EE', 'fi_FI', 'fr_FR', 'it_IT', 'lt_LT', 'lv_LV'],
  ...['nl_NL', 'no_NO', 'pt_PT', 'pl_PL', 'sv_SE'],
];
/** Demo banks are shown in Tink Link on request only. */
const DEMO_BANK = /^[a-z]{2}-(demobank|test)-/;

export interface LinkAddress {
  /** Host of Tink Link and the page on it. */
  readonly base: string;
  readonly clientId: string;
  readonly code: SecretValue;
  /** Known for a credential to renew, chosen by the caller or not at all for a new one. */
  readonly institutionId: string | undefined;
  /** ISO 3166-1 alpha-2, where neither the request nor the bank's name tells one. */
  readonly market: string;
  readonly locale: string | undefined;
  /** Demo banks are wanted whatever the bank. */
  readonly demoBanks: boolean;
}

export function linkAddress(request: LinkRequest, address: LinkAddress): Opened {
  const { institutionId } = address;
  const locale = linkLocale(address.locale);
  const demo = address.demoBanks || (institutionId !== undefined && DEMO_BANK.test(institutionId));
  const url = new URL(address.base);
  url.search = new URLSearchParams({
    client_id: address.clientId,
    redirect_uri: request.callbackUrl,
    authorization_code: address.code.reveal('to open Tink Link for this user'),
    state: request.state.reveal('to know the visit again'),
    market: marketOf(institutionId ?? '') ?? request.market ?? address.market,
    ...(locale !== undefined && { locale }),
    ...(request.credential
      ? { credentials_id: request.credential.credentialId.reveal('to renew it at Tink') }
      : institutionId !== undefined && { input_provider: institutionId }),
    ...(demo && { test: 'true' }),
  }).toString();
  return new Opened(url.href);
}

/** Tink's locale for ours; the first of the same language where the country is not among Tink's. */
function linkLocale(wanted: string | undefined): string | undefined {
  const text = wanted?.replace('-', '_') ?? '';
  const language = text.split('_', 1)[0] ?? '';
  return LOCALES.find((locale) => locale === text) ?? LOCALES.find((locale) => locale.startsWith(`${language}_`));
}

/** The market that begins a bank's name; British ones begin with `uk`. */
export function marketOf(institutionId: string): string | null {
  const prefix = /^([a-z]{2})-/.exec(institutionId)?.[1]?.toUpperCase();
  if (prefix === undefined) return null;
  return prefix === 'UK' ? 'GB' : prefix;
}
