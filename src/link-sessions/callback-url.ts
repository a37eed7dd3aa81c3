import type { ServerConfig } from '../config/slices.js';

/** Where a provider sends the user's browser back to. Public; without a query. */
export function callbackUrl({ publicUrl }: Pick<ServerConfig, 'publicUrl'>, provider: string): string {
  return `${publicUrl}/link/${provider}/callback`;
}
