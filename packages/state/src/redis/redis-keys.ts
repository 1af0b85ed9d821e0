import type { KeyValues } from '../store/state-store.ts';
import type { RedisLink } from './redis-link.ts';

/** A prefix keeps the key `jobs` from being the list of the jobs. */
const prefix = 'keys:';

export const createRedisKeys = (link: RedisLink): KeyValues => ({
  set: async (key, value) => void (await link.command(['SET', prefix + key, value])),
  get: async (key) => {
    const value = await link.command(['GET', prefix + key]);
    return value === null ? undefined : String(value);
  },
});
