import type { Shape } from '../../platform/http/json-shape.js';
import { fitsHeader } from '../../platform/http/outgoing-refusal.js';
import type {
  FlanksBank,
  FlanksExchange,
  FlanksLink,
  FlanksLinkCode,
  FlanksListItem,
  FlanksListPage,
  FlanksPage,
  FlanksSession,
  FlanksStatus,
  FlanksToken,
} from './flanks.types.js';
import { parseFlanksTime } from './flanks-time.js';

/** Readers of Flanks' bodies, for `parsed`. */

export function readToken(body: Shape): FlanksToken | undefined {
  const token = { accessToken: body.text('access_token'), expiresIn: body.number('expires_in') };
  return fitsHeader(token.accessToken) && token.expiresIn >= 0 ? token : undefined;
}

export function readStatus(body: Shape): FlanksStatus {
  const errored = body.optionalObject('errored');
  return {
    bank: body.text('name'),
    pending: body.flag('pending'),
    blocked: body.flag('blocked'),
    resetToken: body.filledText('reset_token'),
    scaToken: body.filledText('sca_token'),
    lastUpdate: body.optionalAs('last_update_timestamp', parseFlanksTime) ?? lastUpdateText(body),
    createdAt: body.optionalAs('created_at_timestamp', parseFlanksTime),
    failedGroups: errored && failedGroups(errored),
  };
}

/** The inner key is `transaction` in some editions of the documentation and `transactions` in others. */
function failedGroups(errored: Shape): readonly string[] {
  const names = (key: string, word: string): readonly string[] =>
    (errored.optionalObject(key)?.trueNames() ?? []).map((name) => `${word}.${name}`);
  const all = [
    ...names('product', 'product'),
    ...names('transaction', 'transaction'),
    ...names('transactions', 'transaction'),
  ];
  return [...new Set(all)];
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MINUTE = /^\d{2}:\d{2}$/;

/** The same moment as day and minute in UTC, in case there is no timestamp. */
function lastUpdateText(body: Shape): Date | null | undefined {
  const day = body.filledText('last_update');
  const minute = body.filledText('time') ?? '00:00';
  if (day === null) return body.optionalAs('last_update_timestamp', parseFlanksTime);
  const time = DAY.test(day) && MINUTE.test(minute) ? new Date(`${day}T${minute}:00Z`) : undefined;
  return time && Number.isFinite(time.getTime()) ? time : undefined;
}

/** @returns the forced token, or `null` when the answer holds none. */
export function readForced(key: string): (body: Shape) => { readonly token: string | null } {
  return (body) => ({ token: body.filledText(key) });
}

function readListItem(item: Shape): FlanksListItem {
  return { credentialsToken: item.text('credentials_token'), externalId: item.filledText('external_id') };
}

export function readListPage(body: Shape): FlanksListPage {
  return { items: body.list('items', readListItem), pages: body.number('pages') };
}

export function readLink(body: Shape): FlanksLink {
  return {
    token: body.text('token'),
    name: body.filledText('name'),
    redirectUri: body.filledText('redirect_uri'),
    active: body.optionalFlag('active', true),
  };
}

export function readLinkCode(body: Shape): FlanksLinkCode {
  return { code: body.text('code'), linkToken: body.filledText('link_token'), state: stateIn(body) };
}

export function readExchange(body: Shape): FlanksExchange {
  return { credentialsToken: body.text('credentials_token'), state: stateIn(body) };
}

function stateIn(body: Shape): string | null {
  return body.optionalObject('extra')?.filledText('state') ?? null;
}

export function readEntity(body: Shape): FlanksBank {
  const id = body.text('id');
  return {
    id,
    name: body.filledText('name') ?? id,
    countries: oneOrMore(body, 'country'),
    logoUrl: body.filledText('logo_url'),
  };
}

/** One text, or a list of them. */
function oneOrMore(body: Shape, key: string): readonly string[] {
  const texts = (value: unknown): readonly string[] =>
    (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
  return body.optionalAs(key, texts) ?? [];
}

/** The documentation shows the first two keys only; its filters speak of `countries`. */
export function readConnector(body: Shape): FlanksBank {
  const id = body.text('connector_id');
  const countries = oneOrMore(body, 'countries');
  return {
    id,
    name: body.filledText('name') ?? id,
    // Ids look like `esp:sabadell`.
    countries: countries.length > 0 ? countries : id.split(':', 1),
    logoUrl: body.filledText('logo_url'),
  };
}

export function readSession(body: Shape): FlanksSession {
  return {
    sessionId: body.text('session_id'),
    status: body.text('status'),
    connectionId: body.filledText('connection_id'),
    errorCode: body.filledText('error_code'),
    // The key is not documented.
    url: body.filledText('url') ?? body.filledText('session_url'),
  };
}

export function readPage<T>(item: (body: Shape) => T): (body: Shape) => FlanksPage<T> {
  return (body) => ({ items: body.usableItems('items', item), nextPageToken: body.filledText('next_page_token') });
}
