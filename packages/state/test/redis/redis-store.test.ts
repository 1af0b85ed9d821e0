import { randomUUID } from 'node:crypto';
import { describe, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { silentLogger } from '@tripod/shared/logging/logger';
import { parseStateUrl } from '@tripod/state/redis/parse-state-url';
import { createRedisStore } from '@tripod/state/redis/redis-store';
import type { StateStore } from '@tripod/state/store/state-store';
import { isRedisInstalled, startTestRedis } from '@tripod/testing/test-redis';
import { createClient } from 'redis';
import { describeStateContract, type EndedJob, type StateFixture } from '../support/state-contract.ts';

const createFixture = async (): Promise<StateFixture> => {
  const redis = await startTestRedis();
  const client = createClient({ url: redis.url });
  await client.connect();
  const stores: StateStore[] = [];
  return {
    open: async (settings = {}) => {
      const store = createRedisStore({
        address: parseStateUrl(redis.url),
        clientName: 'state test',
        logger: silentLogger,
        clock: systemClock,
        random: Math.random,
        createUuid: randomUUID,
        ...settings,
      });
      stores.push(store);
      await store.start();
      return store;
    },
    expireSession: async (id) => void (await client.pExpire(`visits:session:${id}`, 0)),
    sessionLifeMs: (id) => client.pTTL(`visits:session:${id}`),
    endedJobs: async () => {
      const records = await client.lRange('jobs:ended', 0, -1);
      return records.map((record) => {
        const { id, job, outcome } = JSON.parse(record) as EndedJob;
        return { id, job, outcome };
      });
    },
    removeJobs: async () => void (await client.del(['jobs', 'jobs:running', 'jobs:leases'])),
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
      client.destroy();
      await redis.stop();
    },
  };
};

if (isRedisInstalled()) describeStateContract('Redis', createFixture);
else
  describe.skip('state in Redis (redis-server is not installed)', () => it('is not tested', () => undefined));
