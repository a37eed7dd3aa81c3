import type { MigrationInterface } from 'typeorm';

import { Connections1763600100000 } from './1763600100000-connections.js';

/** Every migration, oldest first. Append only; a released migration never changes. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [Connections1763600100000];
