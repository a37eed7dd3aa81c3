/** One set for all credential operations, so that a user needs one token for them. */
export const CREDENTIALS_SCOPES: readonly string[] = ['credentials:read', 'credentials:refresh', 'credentials:write'];

/** For reading data, with what says which accounts a credential covers. */
export const DATA_SCOPES: readonly string[] = [
  'accounts:read',
  'credentials:read',
  'provider-consents:read',
  'transactions:read',
];

export const WEBHOOK_SCOPES: readonly string[] = ['webhook-endpoints'];
