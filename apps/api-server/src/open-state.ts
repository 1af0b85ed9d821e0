import { randomUUID } from 'node:crypto';
import type { Database } from '@tripod/database/database';
import type { DatabaseAddress } from '@tripod/database/parse-database-url';
import type { Clock } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import { createPostgresStore } from '@tripod/state/postgres/postgres-store';
import { parseStateUrl } from '@tripod/state/redis/parse-state-url';
import { createRedisStore } from '@tripod/state/redis/redis-store';
import type { StateStore } from '@tripod/state/store/state-store';

export type OpenStateOptions = {
  /** A Redis; undefined keeps the state in the database. */
  readonly stateUrl: string | undefined;
  readonly database: Database;
  readonly address: DatabaseAddress;
  /** Shown by Redis and Postgres. */
  readonly applicationName: string;
  readonly logger: Logger;
  readonly clock: Clock;
};

/**
 * Creates the state store that the configuration names. Throws a ConfigError for a malformed URL; nothing connects yet.
 */
export const openState = ({ stateUrl, database, address, ...options }: OpenStateOptions): StateStore => {
  if (stateUrl === undefined) {
    return createPostgresStore({ ...options, database, address, createUuid: randomUUID });
  }
  return createRedisStore({
    ...options,
    address: parseStateUrl(stateUrl),
    clientName: options.applicationName,
    random: Math.random,
    createUuid: randomUUID,
  });
};
