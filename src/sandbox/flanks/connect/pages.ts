import type { Fields } from '../body.js';
import { invalid } from '../flanks-error.js';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_page_token: string | null;
}

/** Attributes that a query may ask for, by its key; the value of a query is a list and matches any of them. */
export type Attributes<T> = Readonly<Record<string, (item: T) => string | null | readonly string[]>>;

/** The items that all fields of the mandatory `query` match. @throws FlanksError 400 for an unknown key. */
export function matching<T>(all: readonly T[], fields: Fields, attributes: Attributes<T>): readonly T[] {
  const query = fields.require('query').inner('query');
  return (query?.entries ?? []).reduce((kept, [key]) => {
    const attribute = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
    if (!attribute) throw invalid('new', `query.${key}`);
    const wanted = query?.texts(key);
    // An empty list matches nothing, none at all is no filter.
    return wanted
      ? kept.filter((item) => [attribute(item)].flat().some((v) => v !== null && wanted.includes(v)))
      : kept;
  }, all);
}

export function pageOf<T>(items: readonly T[], pageToken: string | null, size: number): Page<T> {
  const start = pageToken === null ? 0 : Number(Buffer.from(pageToken, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) throw invalid('new', 'page_token');
  const end = start + size;
  const next = end < items.length ? Buffer.from(String(end)).toString('base64url') : null;
  return { items: items.slice(start, end), next_page_token: next };
}
