import type { Challenge } from '../../credentials/challenge.js';
import { jsonIn, parsed, type Shape } from '../../platform/http/json-shape.js';
import { readField } from './tink.bodies.js';
import { toChallengeField } from './tink-fields.js';

/** A challenge; `wait` while Tink has not said what it wants; `nonsense` when it cannot be read. */
export type Supplemental = Challenge | 'wait' | 'nonsense';

/** One text in three encodings: `[` fields, `{` another app or page, anything else a BankID autostart token. */
export function readSupplemental(text: string | null, expiresAt: Date): Supplemental {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return 'wait';
  if (trimmed.startsWith('[')) return fieldsChallenge(trimmed, expiresAt);
  if (trimmed.startsWith('{')) return thirdPartyChallenge(trimmed, expiresAt);
  return bankIdChallenge(trimmed, expiresAt);
}

function fieldsChallenge(text: string, expiresAt: Date): Supplemental {
  const fields = parsed({ fields: jsonIn(text) }, (body) => body.list('fields', readField));
  if (!fields) return 'nonsense';
  return fields.length === 0 ? 'wait' : { kind: 'submit_information', expiresAt, fields: fields.map(toChallengeField) };
}

interface AppLinks {
  readonly desktop: string | null;
  readonly mobile: string | null;
}

function readLinks(body: Shape): AppLinks {
  const text = (device: string, key: string): string | null =>
    nonEmpty(body.optionalObject(device)?.optionalText(key)?.trim());
  return { desktop: text('desktop', 'url'), mobile: text('ios', 'deepLinkUrl') ?? text('android', 'intent') };
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function thirdPartyChallenge(text: string, expiresAt: Date): Supplemental {
  const links = parsed(jsonIn(text), readLinks);
  if (!links) return 'nonsense';
  const url = links.desktop ?? links.mobile;
  if (url === null) return { kind: 'open_app', expiresAt };
  const scheme = schemeOf(url);
  if (scheme === undefined || UNSAFE_SCHEMES.has(scheme)) return 'nonsense';
  const isPage = scheme === 'https:' || scheme === 'http:';
  return { kind: isPage ? 'follow_redirect' : 'open_app', expiresAt, url };
}

/** Addresses that would run or show what the text itself carries. */
const UNSAFE_SCHEMES: ReadonlySet<string> = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:']);

function schemeOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).protocol : undefined;
}

const AUTOSTART_TOKEN = /^[a-f0-9-]+$/i;

function bankIdChallenge(token: string, expiresAt: Date): Supplemental {
  if (!AUTOSTART_TOKEN.test(token)) return 'nonsense';
  return { kind: 'scan_qr', expiresAt, url: `bankid:///?autostarttoken=${token}&redirect=null` };
}
