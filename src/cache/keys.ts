import { createHash } from 'node:crypto';

// Ids come from URLs too, where a UUID may be in capitals: one id must give one tag.

/** Stands for everything that is shown of one connection. */
export function connectionTag(connectionId: string): string {
  return `tag:connection:${connectionId.toLowerCase()}`;
}

/** Stands for everything that is shown of one user, their connections and data included. */
export function userTag(userId: string): string {
  return `tag:user:${userId.toLowerCase()}`;
}

/** Stands for all clients and their keys. */
export function clientsTag(): string {
  return 'tag:clients';
}

/**
 * Key of a cached answer.
 * @param kind a constant that tells kinds of answers apart.
 * @param parts all that the answer depends on. Hashed, for they may hold what a caller typed.
 */
export function entryKey(kind: string, ...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return `entry:${kind}:${hash.digest('base64url')}`;
}

/** Key of the cached answer about one connection. Not hashed: the id is part of a path, so it is short. */
export function connectionEntryKey(connectionId: string): string {
  return `entry:connection:${connectionId.toLowerCase()}`;
}
