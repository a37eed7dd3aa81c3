import type { MigrationInterface } from 'typeorm';

import { Clients1763600000000 } from './1763600000000-clients.js';
import { Connections1763600100000 } from './1763600100000-connections.js';

import { LinkSessions1763600200000 } from './1763600200000-link-sessions.js';
import { InstallationSecrets1763600300000 } from './1763600300000-installation-secrets.js';
import { ProviderUserIntents1763600400000 } from './1763600400000-provider-user-intents.js';

/** Every migration, oldest first. Append only; a released migration never changes. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  Clients1763600000000,
  Connections1763600100000,
  LinkSessions1763600200000,
  InstallationSecrets1763600300000,
  ProviderUserIntents1763600400000,
];
