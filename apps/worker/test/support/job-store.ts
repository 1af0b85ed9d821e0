import { randomUUID } from 'node:crypto';
import { createDatabase } from '@tripod/database/database';
import { migrate } from '@tripod/database/migrate';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { createResourceMigrations } from '@tripod/database/resource-migrations';
import { systemClock } from '@tripod/shared/async/clock';
import { silentLogger } from '@tripod/shared/logging/logger';
import { createPostgresStore } from '@tripod/state/postgres/postgres-store';
import { stateMigrations } from '@tripod/state/postgres/state-migrations';
import { parseStateUrl } from '@tripod/state/redis/parse-state-url';
import { createRedisStore } from '@tripod/state/redis/redis-store';
import type { JobQueue } from '@tripod/state/store/state-store';
import { askDatabase } from '@tripod/testing/ask-database';
import { createTempDatabase } from '@tripod/testing/temp-database';
import { startTestRedis, type TestRedis } from '@tripod/testing/test-redis';

/** A store of jobs, as the API uses it, and the settings with which a worker uses the same store. */
export type JobStore = {
  readonly jobs: JobQueue;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The names of the jobs whose effect is recorded, each as often as it is. */
  effects(): Promise<readonly string[]>;
  close(): Promise<void>;
};

const common = {
  applicationName: 'worker-test',
  clientName: 'worker-test',
  logger: silentLogger,
  clock: systemClock,
  random: Math.random,
  createUuid: randomUUID,
};

export const createPostgresJobStore = async (): Promise<JobStore> => {
  const { url, drop } = await createTempDatabase({ serverUrl: process.env['TEST_DATABASE_URL'] ?? '' });
  const address = parseDatabaseUrl(url);
  const source = createResourceMigrations([{ name: 'jobs', migrations: { folder: stateMigrations.jobs } }]);
  await migrate({ ...common, address, source });
  const database = createDatabase({
    ...common,
    address,
    poolSize: 4,
    allowUnsafeDurability: true,
    prepare: () => Promise.resolve(),
  });
  await database.start();
  const store = createPostgresStore({ ...common, address, database });
  return {
    jobs: store.jobs,
    // The server of the tests is unsafe: it has nothing to lose.
    args: ['--allow-unsafe-durability'],
    env: { DATABASE_URL: url },
    effects: async () => {
      const rows = await askDatabase<{ name: string }>(
        url,
        "select name from ended_jobs where outcome = 'done'",
      );
      return rows.map(({ name }) => name);
    },
    close: async () => {
      await store.close();
      await database.close();
      await drop();
    },
  };
};

export const createRedisJobStore = async (): Promise<JobStore & { readonly redis: TestRedis }> => {
  const redis = await startTestRedis();
  const store = createRedisStore({ ...common, address: parseStateUrl(redis.url) });
  await store.start();
  return {
    redis,
    jobs: store.jobs,
    args: ['--state-url', redis.url],
    env: {},
    effects: async () => {
      const answer = await redis.ask('LRANGE', 'jobs:ended', '0', '-1');
      return [...answer.matchAll(/"job":"([^"]*)","outcome":"done"/g)].map(([, name = '']) => name);
    },
    close: async () => {
      await store.close();
      await redis.stop();
    },
  };
};
