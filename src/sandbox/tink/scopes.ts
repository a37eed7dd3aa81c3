import { badRequest } from './tink-error.js';

const SCOPES: readonly string[] = [
  'authorization:grant authorization:read authorization:revoke user:create user:read user:write user:delete',
  'credentials:read credentials:write credentials:refresh providers:read provider-consents:read provider-consents:write',
  'webhook-endpoints link-session:read link-session:write consents consents:readonly balance-refresh',
  'balance-refresh:readonly accounts:read balances:read accounts.balances:readonly accounts.parties:readonly',
  'transactions:read transactions:write transactions:categorize identity:read identities:readonly investments:read',
  'investment-accounts:readonly loan-accounts:readonly statistics:read calendar:read',
  'account-verification-reports:read account-verification-reports:write transaction-reports:readonly',
  'payment:read payment:write transfer:read transfer:execute',
].flatMap((line) => line.split(' '));

/** Families of which no complete list is published. */
const OPEN_FAMILIES = /^(budgets|insights|enrichment)[.:]/;

export const ALL_SCOPES = SCOPES;

/** Comma-separated. @throws TinkError 400 for an empty list or an unknown scope. */
export function parseScopes(text: string): readonly string[] {
  const scopes = text.split(',').map((scope) => scope.trim());
  for (const scope of scopes) {
    if (!SCOPES.includes(scope) && !OPEN_FAMILIES.test(scope)) throw badRequest(`Invalid scope: ${scope.slice(0, 60)}`);
  }
  return scopes;
}
