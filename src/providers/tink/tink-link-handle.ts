import type { CredentialSnapshot } from '../../credentials/credentials.service.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { jsonIn, parsed, type Shape } from '../../platform/http/json-shape.js';

/** What was known when a visit began: the only way to tell afterwards what the visit did. */
export type LinkHandle =
  | { readonly kind: 'connect'; readonly known: ReadonlySet<string>; readonly institutionId: string | null }
  | { readonly kind: 'renew'; readonly wasActive: boolean; readonly consentExpiresAt: number | null };

/** A user with more credentials than this gets no handle, so that no handle grows without limit. */
const MAX_KNOWN = 200;

/** @returns `null` when there are too many to remember. */
export function connectHandle(
  known: readonly CredentialSnapshot[],
  institutionId: string | undefined,
): SecretValue | null {
  if (known.length > MAX_KNOWN) return null;
  const ids = known.map(({ credentialId }) => credentialId.reveal('to tell later which one is new'));
  return new Opened(JSON.stringify({ kind: 'connect', known: ids, institutionId: institutionId ?? null }));
}

export function renewHandle({ observation }: CredentialSnapshot): SecretValue {
  const consentExpiresAt = observation.consentExpiresAt?.getTime() ?? null;
  return new Opened(JSON.stringify({ kind: 'renew', wasActive: observation.state === 'active', consentExpiresAt }));
}

/** @returns `null` for none, or one that an older version wrote. */
export function readLinkHandle(handle: SecretValue | undefined): LinkHandle | null {
  if (!handle) return null;
  return parsed(jsonIn(handle.reveal('to tell what the visit did')), read) ?? null;
}

function read(body: Shape): LinkHandle | undefined {
  switch (body.text('kind')) {
    case 'connect':
      return {
        kind: 'connect',
        known: new Set(body.textList('known')),
        institutionId: body.optionalText('institutionId'),
      };
    case 'renew':
      return {
        kind: 'renew',
        wasActive: body.optionalFlag('wasActive', false),
        consentExpiresAt: body.optionalNumeric('consentExpiresAt') ?? null,
      };
    default:
      return undefined;
  }
}

/** The one credential that is new since the visit began and that the bank let in. More than one: nobody can tell which. */
export function newSince(
  handle: LinkHandle & { readonly kind: 'connect' },
  now: readonly CredentialSnapshot[],
): CredentialSnapshot | null {
  const found = now.filter(
    ({ credentialId, institutionId, observation: { state } }) =>
      !handle.known.has(credentialId.reveal('to tell whether it is new')) &&
      (handle.institutionId === null || handle.institutionId === institutionId) &&
      (state === 'active' || state === 'syncing'),
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Whether the credential is active for another reason than that it was so before. */
export function healedSince(
  handle: LinkHandle & { readonly kind: 'renew' },
  { observation: { state, consentExpiresAt } }: CredentialSnapshot,
): boolean {
  if (state !== 'active') return false;
  return !handle.wasActive || (consentExpiresAt?.getTime() ?? 0) > (handle.consentExpiresAt ?? Infinity);
}
