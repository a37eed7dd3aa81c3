import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { jsonIn, parsed, type Shape } from '../../platform/http/json-shape.js';
import { languageOf, type FlinksLanguage } from './flinks-login-identity.js';
import { parseFlinksTime } from './flinks-time.js';

/** What must survive between the begin and the end of a visit to Flinks Connect. Travels as `handle`. */
export interface FlinksVisit {
  readonly begunAt: Date;
  readonly language: FlinksLanguage;
  /** What the browser brought, once it has. */
  readonly loginId: string | null;
}

export function visitText({ begunAt, ...rest }: FlinksVisit): Opened {
  return new Opened(JSON.stringify({ ...rest, begunAt: begunAt.toISOString() }));
}

/** @returns `undefined` without a handle, and for a text that this adapter did not write. */
export function visitOf(handle: SecretValue | undefined): FlinksVisit | undefined {
  return handle && parsed(jsonIn(handle.reveal('to go on with the visit')), readVisit);
}

function readVisit(body: Shape): FlinksVisit {
  const begunAt = parseFlinksTime(body.text('begunAt'));
  if (!begunAt) body.refuse('begunAt');
  return { begunAt, language: languageOf(body.text('language')), loginId: body.optionalText('loginId') };
}
