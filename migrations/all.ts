import type { MigrationInterface } from 'typeorm';

/** Every migration, oldest first. Append only; a released migration never changes. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [];
