/** One set for all credential operations, so that a user needs one token for them. */
export const CREDENTIALS_SCOPES: readonly string[] = ['credentials:read', 'credentials:refresh', 'credentials:write'];
