import { stateUnavailable } from '../store/state-errors.ts';
import { sessionLifetimeMs, type VisitCounters } from '../store/state-store.ts';
import { createVisitGroup } from '../store/visit-group.ts';
import { defineRedisScript, type RedisLink } from './redis-link.ts';

/** KEYS: the total. ARGV: prefix of the sessions, their lifetime in ms, then a claimed and a new id for each visit. */
const countVisits = defineRedisScript(`
local visits = (#ARGV - 2) / 2
local total = redis.call('INCRBY', KEYS[1], visits)
local counted = { total }
for visit = 1, visits do
  local id = ARGV[1 + 2 * visit]
  if id == '' or redis.call('EXISTS', ARGV[1] .. id) == 0 then id = ARGV[2 + 2 * visit] end
  counted[2 * visit] = id
  counted[2 * visit + 1] = redis.call('INCR', ARGV[1] .. id)
  redis.call('PEXPIRE', ARGV[1] .. id, ARGV[2])
end
return counted`);

export const createRedisVisits = (link: RedisLink, createUuid: () => string): VisitCounters =>
  createVisitGroup({
    createUuid,
    busy: stateUnavailable,
    countAll: async (incoming) => {
      const ids = incoming.flatMap(({ claimedId = '', newId }) => [claimedId, newId]);
      const reply = await link.script(
        countVisits,
        ['visits:total'],
        ['visits:session:', String(sessionLifetimeMs), ...ids],
      );
      const [total, ...counted] = reply as [number, ...(string | number)[]];
      return incoming.map((_visit, at) => ({
        sessionId: String(counted[2 * at]),
        sessionCount: Number(counted[2 * at + 1]),
        globalCount: total - incoming.length + at + 1,
      }));
    },
  });
