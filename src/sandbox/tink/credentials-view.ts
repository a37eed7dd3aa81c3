import type { Credential } from './machine/credential.js';
import { isAtBank } from './machine/credential-machine.js';
import type { CredentialsState } from './tink-simulator.types.js';
import type { CredentialsView, DetailedError } from './wire.types.js';

export function viewOf(credential: Credential, baseUrl: string): CredentialsView {
  const { id, userId, providerName, type, status, statusUpdated, statusPayload, updated, fields } = credential;
  const sessionExpiryDate = credential.openBanking ? credential.sessionExpiryDate : null;
  const supplementalInformation = supplementalOf(credential, baseUrl);
  return {
    ...{ id, userId, providerName, type, status, statusUpdated, statusPayload, updated, fields },
    supplementalInformation,
    sessionExpiryDate,
  };
}

/** The first look at an awaited third party shows no link yet; the next one does. */
export function afterLook(credential: Credential): Credential {
  const { run, status } = credential;
  if (!run || run.linkShown || status !== 'AWAITING_THIRD_PARTY_APP_AUTHENTICATION') return credential;
  return { ...credential, run: { ...run, linkShown: true } };
}

export function stateOf(credential: Credential, baseUrl: string): CredentialsState {
  const answers = credential.run?.steps[0]?.question?.accept;
  const waiting = credential.status === 'AWAITING_SUPPLEMENTAL_INFORMATION' && answers;
  return {
    ...viewOf(credential, baseUrl),
    outcome: credential.outcome,
    running: credential.run !== null,
    detailedError: credential.detailedError,
    expectedAnswer: waiting ? firstOf(answers) : null,
    bankUrl: credential.run && isAtBank(credential) ? bankUrl(baseUrl, credential.run.token) : null,
  };
}

export function consentOf(credential: Credential, accountIds: readonly string[], extendable: boolean): ConsentView {
  const { providerName, status, statusUpdated, detailedError } = credential;
  return {
    credentialsId: credential.id,
    ...{ providerName, status, statusUpdated },
    sessionExpiryDate: credential.openBanking ? credential.sessionExpiryDate : null,
    sessionExtendable: extendable,
    accountIds,
    ...(detailedError && { detailedError }),
  };
}

export interface ConsentView {
  readonly credentialsId: string;
  readonly providerName: string;
  readonly status: string;
  readonly statusUpdated: number;
  readonly sessionExpiryDate: number | null;
  readonly sessionExtendable: boolean;
  readonly accountIds: readonly string[];
  readonly detailedError?: DetailedError;
}

export function bankUrl(baseUrl: string, token: string): string {
  return `${baseUrl}/bank/authorize?state=${token}`;
}

function supplementalOf({ status, run, flow }: Credential, baseUrl: string): string | null {
  if (!run) return null;
  if (status === 'AWAITING_SUPPLEMENTAL_INFORMATION') return JSON.stringify(run.steps[0]?.question?.fields ?? []);
  if (status === 'AWAITING_MOBILE_BANKID_AUTHENTICATION')
    return flow.kind === 'bankid' && flow.token ? run.token : null;
  if (status !== 'AWAITING_THIRD_PARTY_APP_AUTHENTICATION' || !run.linkShown) return null;
  const url = bankUrl(baseUrl, run.token);
  return JSON.stringify({
    android: { packageName: 'com.demobank.app', requiredMinimumVersion: 0, intent: url },
    ios: { appStoreUrl: null, scheme: null, deepLinkUrl: url },
    desktop: { url },
    downloadTitle: null,
    downloadMessage: null,
    upgradeTitle: null,
    upgradeMessage: null,
  });
}

function firstOf(accept: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(accept).map(([name, [first = '']]) => [name, first]));
}
