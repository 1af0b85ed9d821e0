import { createMigrationDirectory } from '@tripod/database/migration-directory';

/** Every migration of the api-server: the folder is the list. */
export const apiMigrations = createMigrationDirectory(new URL('migrations/', import.meta.url));
