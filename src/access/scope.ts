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
