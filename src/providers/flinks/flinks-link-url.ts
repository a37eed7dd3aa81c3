import type { LinkRequest } from '../../credentials/link-flow.js';
import type { FlinksLanguage } from './flinks-login-identity.js';

export interface ConnectPage {
  /** `null` when the instance wants none. */
  readonly authorizeToken: string | null;
  readonly language: FlinksLanguage;
  /** Opens the login form of this bank. */
  readonly institutionNumber?: number;
  /** Opens the question of a dialogue that is under way. */
  readonly requestId?: string;
}

type Visit = Pick<LinkRequest, 'callbackUrl' | 'state' | 'reference'>;

/** The address of Flinks Connect. @param base without a trailing slash. */
export function connectUrl(base: string, page: ConnectPage, visit: Visit): string {
  const { authorizeToken, language, institutionNumber, requestId } = page;
  const url = new URL(`${base}/v2/${institutionNumber === undefined ? '' : `Credential/${institutionNumber}`}`);
  const parameters = {
    authorizeToken,
    requestId,
    redirectUrl: callbackWithState(visit),
    language,
    tag: visit.reference,
    // Flinks advises against its nightly refresh: it meets questions that nobody answers.
    scheduleRefresh: 'false',
    // Without it Flinks has no statements of the card.
    detailsAndStatementEnable: 'true',
    // The public test instance shows its test bank only when asked.
    demo: url.hostname.startsWith('toolbox-') ? 'true' : undefined,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'string') url.searchParams.set(name, value);
  }
  return url.href;
}

/** Flinks keeps the query of an address that it redirects to. */
export function callbackWithState(
  { callbackUrl, state }: Pick<Visit, 'callbackUrl' | 'state'>,
  more: Readonly<Record<string, string>> = {},
): string {
  const url = new URL(callbackUrl);
  url.searchParams.set('state', state.reveal('to recognise the visit when it comes back'));
  for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value);
  return url.href;
}
