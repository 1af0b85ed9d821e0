import type { Database } from '@tripod/database/database';
import { createNotificationListener } from '@tripod/database/notification-listener';
import type { DatabaseAddress } from '@tripod/database/parse-database-url';
import type { Clock } from '@tripod/shared/async/clock';
import { defaultMaxWaitingJobs, longestJobWaitMs, type StateStore } from '../store/state-store.ts';
import { createPostgresJobs, jobChannel } from './postgres-jobs.ts';
import { createPostgresKeys } from './postgres-keys.ts';
import { createPostgresVisits } from './postgres-visits.ts';

export type PostgresStoreOptions = {
  /** Stays its owner's to start and to close. Its tables are made by `stateMigrations`. */
  readonly database: Database;
  readonly address: DatabaseAddress;
  /** Shown by pg_stat_activity, with ` jobs` behind it for the connection that waits for jobs. */
  readonly applicationName: string;
  readonly clock: Clock;
  readonly createUuid: () => string;
  /** Default 100,000. */
  readonly maxWaitingJobs?: number;
};

/** State in the Postgres that the service uses anyway. */
export const createPostgresStore = (options: PostgresStoreOptions): StateStore => {
  const { database, address, applicationName, clock, createUuid } = options;
  const { maxWaitingJobs = defaultMaxWaitingJobs } = options;
  const listener = createNotificationListener({
    address,
    applicationName: `${applicationName} jobs`,
    channel: jobChannel,
    clock,
    longestWaitMs: longestJobWaitMs,
  });
  return {
    visits: createPostgresVisits(database, createUuid),
    keys: createPostgresKeys(database),
    jobs: createPostgresJobs({ database, createUuid, maxWaitingJobs, waitForJob: listener.wait }),
    start: () => Promise.resolve(),
    reason: database.reason,
    close: () => Promise.resolve(listener.close()),
  };
};
