import type { AccountData, AccountStatements } from './account-data.js';
import type { CredentialCensus } from './credential-census.js';
import type { CredentialsService } from './credentials.service.js';
import type { InstitutionDirectory } from './institution-directory.js';
import type { LinkFlow } from './link-flow.js';
import type { LoginRefresher } from './login-refresher.js';
import type { ProviderId } from './provider-id.js';
import type { ProviderUsers } from './provider-users.js';
import type { WebhookReceiver } from './webhook-receiver.js';

/** All that one provider offers. Each provider module exports one; the registry collects those that are configured. */
export abstract class Provider {
  abstract readonly id: ProviderId;
  /** For people, e.g. `Tink`. */
  abstract readonly name: string;
  /** False = not configured: the provider is off and the registry leaves it out. */
  abstract readonly configured: boolean;
  abstract readonly credentials: CredentialsService;
  readonly login?: LoginRefresher;
  readonly users?: ProviderUsers;
  readonly links?: LinkFlow;
  readonly institutions?: InstitutionDirectory;
  readonly data?: AccountData;
  readonly statements?: AccountStatements;
  readonly webhooks?: WebhookReceiver;
  readonly census?: CredentialCensus;
}
