import { createPostgresStore, type PostgresStoreOptions } from './postgres/postgres-store.ts';
import { parseStateUrl } from './redis/parse-state-url.ts';
import { createRedisStore, type RedisStoreOptions } from './redis/redis-store.ts';
import type { StateStore } from './store/state-store.ts';

export type StateStoreOptions = PostgresStoreOptions &
  Omit<RedisStoreOptions, 'address' | 'clientName'> & {
    /** A Redis; undefined keeps the state in Postgres. */
    readonly stateUrl: string | undefined;
  };

/** The store that the configuration means. Throws a ConfigError for a malformed `stateUrl`; connects to nothing yet. */
export const createStateStore = ({ stateUrl, ...options }: StateStoreOptions): StateStore =>
  stateUrl === undefined
    ? createPostgresStore(options)
    : createRedisStore({
        ...options,
        address: parseStateUrl(stateUrl),
        clientName: options.applicationName,
      });
