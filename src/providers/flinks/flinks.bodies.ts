import type { Shape } from '../../platform/http/json-shape.js';
import { fitsHeader } from '../../platform/http/outgoing-refusal.js';
import type { FlinksBank, FlinksChallenge, FlinksLogin, FlinksSessionBody } from './flinks.types.js';
import { parseFlinksTime } from './flinks-time.js';

/** Readers of Flinks' bodies, for `parsed`. */

/** A GUID, in any case. */
export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface FlinksHead {
  /** Mirrors the transport's status; absent in some answers. */
  readonly httpStatusCode: number | undefined;
  readonly flinksCode: string | null;
}

export function readHead(body: Shape): FlinksHead {
  return { httpStatusCode: body.optionalNumeric('HttpStatusCode'), flinksCode: body.optionalText('FlinksCode') };
}

export function readSession(body: Shape): FlinksSessionBody {
  const login = body.optionalObject('Login');
  return {
    requestId: body.optionalText('RequestId'),
    login: login ? readLogin(login) : null,
    bank: readBankOf(body),
    challenges: body.optionalList('SecurityChallenges', readChallenge),
  };
}

function readBankOf(body: Shape): FlinksBank {
  return {
    name: body.optionalText('Institution') ?? body.optionalText('InstitutionName'),
    number: body.optionalNumeric('InstitutionId') ?? null,
  };
}

function readLogin(body: Shape): FlinksLogin {
  return {
    id: body.text('Id').toLowerCase(),
    username: body.optionalText('Username'),
    lastRefresh: parseFlinksTime(body.optionalText('LastRefresh')),
  };
}

function readChallenge(body: Shape): FlinksChallenge {
  const type = body.optionalText('Type') ?? 'QuestionAndAnswer';
  const prompt = body.optionalText('Prompt') ?? '';
  return { type, prompt: prompt === '' ? type : prompt, iterables: body.optionalTextList('Iterables') };
}

export function readAuthorizeToken(body: Shape): string | undefined {
  const token = body.text('Token');
  return fitsHeader(token) ? token : undefined;
}

export interface FlinksDirectoryEntry {
  readonly number: number;
  readonly name: string;
  readonly names: ReadonlyMap<string, string>;
  readonly status: string;
  readonly country: string;
}

export interface FlinksDirectoryPage {
  readonly entries: readonly FlinksDirectoryEntry[];
  /** Entries of the page, usable or not. */
  readonly length: number;
  /** Of all pages. */
  readonly count: number;
}

/** Unlike all other answers this one has no `HttpStatusCode`. */
export function readDirectoryPage(body: Shape): FlinksDirectoryPage {
  const entries = body.usableItems('Data', readDirectoryEntry);
  const length = body.length('Data');
  return { entries, length, count: body.optionalNumeric('Count') ?? length };
}

function readDirectoryEntry(body: Shape): FlinksDirectoryEntry {
  const names = new Map(
    body.list('Localizations', (each) => [(each.optionalText('Language') ?? 'en').toLowerCase(), each.text('Name')]),
  );
  const number = body.optionalNumeric('Id');
  const name = names.get('en') ?? [...names.values()][0];
  if (number === undefined || name === undefined) body.refuse('Id');
  return {
    number,
    name,
    names,
    status: body.optionalText('Status') ?? 'Enabled',
    country: (body.optionalText('Country') ?? 'CA').toUpperCase(),
  };
}
