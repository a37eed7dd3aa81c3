/** What a key may be allowed to do. None implies another; `admin` opens `/admin/**` and nothing else. */
export const SCOPES = [
  'credentials:read',
  'credentials:write',
  'credentials:refresh',
  'users:read',
  'users:write',
  'authorization:grant',
  'accounts:read',
  'transactions:read',
  'webhooks:manage',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

const KNOWN: ReadonlySet<string> = new Set(SCOPES);

export function isScope(text: string): text is Scope {
  return KNOWN.has(text);
}

/** What of these words is a scope of ours; the rest counts for nothing. */
export function knownScopes(words: readonly string[]): ReadonlySet<Scope> {
  return new Set(words.filter(isScope));
}

/** What a user token may hold: nothing that reaches beyond one user. */
export const USER_TOKEN_SCOPES = [
  'credentials:read',
  'credentials:write',
  'credentials:refresh',
  'users:read',
  'users:write',
  'authorization:grant',
  'accounts:read',
  'transactions:read',
] as const satisfies readonly Scope[];
export type UserTokenScope = (typeof USER_TOKEN_SCOPES)[number];
