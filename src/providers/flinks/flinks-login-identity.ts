import { Opened } from '../../platform/crypto/opened.js';

export const LANGUAGES = ['en', 'fr'] as const;
export type FlinksLanguage = (typeof LANGUAGES)[number];

/** Flinks' default too: a login that names no language is an English one. */
export const DEFAULT_LANGUAGE: FlinksLanguage = 'en';

/** @param text a language or a locale such as `fr_CA`. */
export function languageOf(text: string | undefined): FlinksLanguage {
  const language = text?.trim().toLowerCase().slice(0, 2);
  return LANGUAGES.find((known) => known === language) ?? DEFAULT_LANGUAGE;
}

/**
 * A LoginId belongs to one institution, username and language; the caller adds the institution. Usernames count without
 * their case: Flinks' own samples write one test user in two ways.
 */
export function identityOf(username: string | null | undefined, language: FlinksLanguage): Opened | null {
  const name = (username ?? '').normalize('NFC').trim().toLowerCase();
  return name === '' ? null : new Opened(`${name}\n${language}`);
}
