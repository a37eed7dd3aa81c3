import { type Json, queryList } from '../simulator/json.js';
import { badRequest } from './tink-error.js';

const MAX_PAGE = 100;
/** Unpublished; small, so that a client must page. */
const DEFAULT_PAGE = 10;

/** @throws TinkError 400 for a size or a token that is none. */
export function pageOf<T>(all: readonly T[], query: Json): { items: readonly T[]; nextPageToken: string } {
  const [sizeText = String(DEFAULT_PAGE)] = queryList(query, 'pageSize');
  const size = Number(sizeText);
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE) throw badRequest('pageSize must be 1 to 100');
  const [token = ''] = queryList(query, 'pageToken');
  const start = token === '' ? '0' : Buffer.from(token, 'base64url').toString();
  if (!/^\d{1,9}$/.test(start)) throw badRequest('Invalid pageToken');
  const offset = Number(start);
  const next = offset + size;
  return {
    items: all.slice(offset, next),
    nextPageToken: next < all.length ? Buffer.from(String(next)).toString('base64url') : '',
  };
}
