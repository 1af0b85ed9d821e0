import { defaultMaxWaitingJobs, type StateStore } from '../store/state-store.ts';
import { createJobWatch } from './job-watch.ts';
import { createRedisJobs } from './redis-jobs.ts';
import { createRedisKeys } from './redis-keys.ts';
import { createRedisLink, type RedisLinkOptions } from './redis-link.ts';
import { createRedisVisits } from './redis-visits.ts';

export type RedisStoreOptions = RedisLinkOptions & {
  readonly createUuid: () => string;
  /** Default 100,000. */
  readonly maxWaitingJobs?: number;
};

/** State in a Redis of version 6.2 or newer. What it has confirmed is as safe as its own persistence makes it. */
export const createRedisStore = (options: RedisStoreOptions): StateStore => {
  const { createUuid, maxWaitingJobs = defaultMaxWaitingJobs } = options;
  const link = createRedisLink(options);
  const watch = createJobWatch(options);
  return {
    visits: createRedisVisits(link, createUuid),
    keys: createRedisKeys(link),
    jobs: createRedisJobs({ link, createUuid, maxWaitingJobs, waitForJob: watch.waitForJob }),
    start: link.start,
    reason: link.reason,
    close: async () => {
      watch.close();
      await link.close();
    },
  };
};
