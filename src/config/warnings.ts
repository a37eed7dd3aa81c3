import { isLoopback } from './environment-rules.js';
import type { Environment } from './environment.js';
import type { ServerConfig } from './slices.js';

/** What is allowed, but probably not meant. Never holds a value. */
export function configWarnings(environment: Environment, server: ServerConfig, hasProvider: boolean): string[] {
  return server.mode === 'live' ? liveWarnings(environment, server, hasProvider) : sandboxWarnings(server);
}

function liveWarnings(environment: Environment, { publicUrl }: ServerConfig, hasProvider: boolean): string[] {
  const found: string[] = [];
  if (!hasProvider) {
    found.push(
      'Live mode without a provider: set TINK_CLIENT_ID, FLANKS_CLIENT_ID or FLINKS_CUSTOMER_ID to connect banks.',
    );
  }
  if (!environment.DATABASE_URL) {
    found.push('Live mode on the embedded database: set DATABASE_URL for more than one process and for backups.');
  }
  if (hasProvider && !environment.MOORING_PUBLIC_URL) {
    found.push('Live mode without MOORING_PUBLIC_URL: providers send users back to HOST and PORT of this process.');
  } else if (publicUrl.startsWith('http:') && !isLoopback(new URL(publicUrl).hostname)) {
    found.push('MOORING_PUBLIC_URL is plain http: whoever reads along can take the codes that users bring back.');
  }
  if (environment.MOORING_WEBHOOK_ALLOW_PRIVATE === 'true') {
    found.push(
      'MOORING_WEBHOOK_ALLOW_PRIVATE is on: whoever may set up webhooks can have this machine call its network.',
    );
  }
  return found;
}

/** The sandbox prints keys with every scope and needs no configuration, so it is easily started by mistake. */
function sandboxWarnings({ host }: ServerConfig): string[] {
  return isLoopback(host)
    ? []
    : [
        'The sandbox listens to other machines, and its log holds a key with every scope. Configure a provider to go live.',
      ];
}
