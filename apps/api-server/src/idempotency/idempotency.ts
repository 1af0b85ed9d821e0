import type { MigratedResource } from '@tripod/database/resource-migrations';

/** The table of the answers that are kept for Idempotency-Key. It serves all resources and belongs to none. */
export const idempotency: MigratedResource = {
  name: 'idempotency',
  migrations: { folder: new URL('migrations/', import.meta.url) },
};
