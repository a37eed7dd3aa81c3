import { hash } from 'node:crypto';

/** A JSON answer as it goes over the wire, so that a hit serialises and hashes nothing. */
export interface StoredAnswer {
  readonly body: string;
  /** Strong entity tag, quotes included. */
  readonly etag: string;
}

export function storedAnswer(body: unknown): StoredAnswer {
  const text = JSON.stringify(body);
  return { body: text, etag: `"${hash('sha256', text, 'base64url').slice(0, 22)}"` };
}

/** @param header of `If-None-Match`. */
export function isUnchanged(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header === etag || header.trim() === '*') return true;
  // Weak comparison (RFC 9110, 13.1.2): a proxy that compressed the body has made the tag weak.
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
}
