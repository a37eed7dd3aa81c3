import type { CredentialRef } from '../../credentials/credential-ref.js';
import { Opened } from '../../platform/crypto/opened.js';
import { GUID } from './flinks.bodies.js';

/**
 * Our credential ids. Flinks' own is the LoginId, which exists only once a login has succeeded and was saved.
 * Until then the id is provisional; an observation with `credentialId` replaces it. The institution is part of every id:
 * Flinks needs its name to take a new password, and tells it with successes only.
 */
export type FlinksCredentialId =
  | { readonly kind: 'login'; readonly loginId: string; readonly institution: string }
  /** A creation whose dialogue is open, or that Flinks still works on. */
  | { readonly kind: 'request'; readonly guid: string; readonly institution: string }
  /** A creation that failed. Flinks has nothing; `word` is the FlinksCode that says why. */
  | { readonly kind: 'refused'; readonly word: string; readonly guid: string; readonly institution: string };

export type ProvisionalId = Exclude<FlinksCredentialId, { kind: 'login' }>;

export function credentialIdText(id: FlinksCredentialId): Opened {
  const institution = encodeURIComponent(id.institution);
  if (id.kind === 'login') return new Opened(`login:${id.loginId}:${institution}`);
  if (id.kind === 'request') return new Opened(`request:${id.guid}:${institution}`);
  return new Opened(`refused:${id.guid}:${institution}:${id.word}`);
}

/** @returns `undefined` for a text that this adapter did not write. */
export function credentialIdOf(ref: Pick<CredentialRef, 'credentialId'>): FlinksCredentialId | undefined {
  const text = ref.credentialId.reveal('to find out what Flinks has of it');
  const [kind, guid = '', encoded, word] = text.split(':');
  const institution = encoded === undefined ? undefined : decoded(encoded);
  if (!GUID.test(guid) || institution === undefined) return undefined;
  if (kind === 'login' && word === undefined) return { kind, loginId: guid, institution };
  if (kind === 'request' && word === undefined) return { kind, guid, institution };
  return kind === 'refused' && word !== undefined ? { kind, guid, institution, word } : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
