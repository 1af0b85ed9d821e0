import { createCoalescedRead } from '@tripod/shared/async/coalesced-read';
import { createGroupCommit } from '@tripod/shared/async/group-commit';
import { jobsFull, stateUnavailable } from '../store/state-errors.ts';
import {
  isLastTry,
  type JobQueue,
  keptEndedJobs,
  maxRowsPerGroup,
  maxWaitingRows,
  type TakenJob,
} from '../store/state-store.ts';
import { formatJobElement, parseJobElement } from './job-element.ts';
import { defineRedisScript, type RedisLink } from './redis-link.ts';

/** The list of waiting jobs: new ones come in on the left, and the next one to be taken is on the right. */
export const waitingList = 'jobs';
/** Held jobs: lease → element of the list. */
const heldHash = 'jobs:running';
/** How many workers have lost a held job: lease → number. */
const lostHash = 'jobs:lost';
/** When each lease expires, in milliseconds by the clock of Redis. */
const leaseSet = 'jobs:leases';
const lastIdKey = 'jobs:id';
const doneKey = 'jobs:done';
const failedKey = 'jobs:failed';
/** The last jobs that have ended, the newest on the left. */
const endedList = 'jobs:ended';

/** The clock of Redis, so that the clocks of workers need not agree. */
const nowMs = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** KEYS: list, last id. ARGV: limit, then the names as JSON. Returns the id of the first job. */
const enqueueScript = defineRedisScript(`
if redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
local last = redis.call('INCRBY', KEYS[2], #ARGV - 1)
local first = last - #ARGV + 2
for at = 2, #ARGV do
  local id = string.format('%.0f', first + at - 2)
  redis.call('LPUSH', KEYS[1], '{"id":' .. id .. ',"job":' .. ARGV[at] .. ',"failedTries":0}')
end
return first`);

/**
 * A job whose lease has expired comes before those that wait. KEYS: list, held, leases, lost. ARGV: lease, its ms.
 * Returns the element and how many workers have lost it.
 */
const takeScript = defineRedisScript(`
${nowMs}
local element = false
local lost = 0
local expired = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 1)[1]
if expired then
  element = redis.call('HGET', KEYS[2], expired)
  redis.call('HDEL', KEYS[2], expired)
  redis.call('ZREM', KEYS[3], expired)
  lost = (redis.call('HGET', KEYS[4], expired) or 0) + 1
  redis.call('HDEL', KEYS[4], expired)
end
if not element then element = redis.call('RPOP', KEYS[1]) end
if element then
  redis.call('HSET', KEYS[2], ARGV[1], element)
  redis.call('ZADD', KEYS[3], now + ARGV[2], ARGV[1])
  if lost > 0 then redis.call('HSET', KEYS[4], ARGV[1], lost) end
end
return { element, lost }`);

/** KEYS: held, leases. ARGV: lease, its ms. */
const renewScript = defineRedisScript(`
${nowMs}
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
return 1`);

/**
 * The end of a job, its record and the total. KEYS: held, leases, lost, total, ended. ARGV: lease, record, kept
 * records.
 */
const endScript = defineRedisScript(`
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('INCR', KEYS[4])
redis.call('LPUSH', KEYS[5], ARGV[2])
redis.call('LTRIM', KEYS[5], 0, ARGV[3] - 1)
return 1`);

/** Puts the job back as the next one to be taken. KEYS: list, held, leases, lost. ARGV: lease, element. */
const retryScript = defineRedisScript(`
if redis.call('HDEL', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('HDEL', KEYS[4], ARGV[1])
redis.call('RPUSH', KEYS[1], ARGV[2])
return 1`);

export type RedisJobsOptions = {
  readonly link: RedisLink;
  readonly createUuid: () => string;
  readonly maxWaitingJobs: number;
  readonly waitForJob: JobQueue['waitForJob'];
};

export const createRedisJobs = ({
  link,
  createUuid,
  maxWaitingJobs,
  waitForJob,
}: RedisJobsOptions): JobQueue => {
  const end = async (job: TakenJob, totalKey: string, facts: object): Promise<boolean> => {
    const record = JSON.stringify({ id: job.id, job: job.name, ...facts });
    const keys = [heldHash, leaseSet, lostHash, totalKey, endedList];
    return (await link.script(endScript, keys, [job.lease, record, String(keptEndedJobs)])) === 1;
  };
  const add = createGroupCommit<string, { readonly id: number }>({
    insert: async (names) => {
      const args = [String(maxWaitingJobs), ...names.map((name) => JSON.stringify(name))];
      const first = Number(await link.script(enqueueScript, [waitingList, lastIdKey], args));
      if (first === 0) throw jobsFull(maxWaitingJobs);
      return (ordinal) => ({ id: first + ordinal });
    },
    isRowFault: () => false,
    maxRows: maxRowsPerGroup,
    maxWaiting: maxWaitingRows,
    refusal: stateUnavailable,
    unconfirmed: stateUnavailable,
  });
  const length = async (...command: readonly string[]): Promise<number> =>
    Number((await link.command(command)) ?? 0);
  const counts = createCoalescedRead(async () => {
    // They go out together, and Redis answers them together.
    const [waiting, running, done, failed] = await Promise.all([
      length('LLEN', waitingList),
      length('HLEN', heldHash),
      length('GET', doneKey),
      length('GET', failedKey),
    ]);
    return { waiting, running, done, failed };
  });
  return {
    enqueue: add,
    counts,
    take: async (_workerName, leaseMs) => {
      const lease = createUuid();
      const keys = [waitingList, heldHash, leaseSet, lostHash];
      const reply = await link.script(takeScript, keys, [lease, String(leaseMs)]);
      const [element, lostLeases] = reply as readonly [string | null, number];
      return element === null ? undefined : { ...parseJobElement(element), lostLeases, lease };
    },
    renew: async ({ lease }, leaseMs) =>
      (await link.script(renewScript, [heldHash, leaseSet], [lease, String(leaseMs)])) === 1,
    complete: (job) => end(job, doneKey, { outcome: 'done' }),
    fail: async (job, reason) => {
      if (isLastTry(job)) {
        return (await end(job, failedKey, { outcome: 'failed', reason })) ? 'failed' : 'lost';
      }
      const keys = [waitingList, heldHash, leaseSet, lostHash];
      const element = formatJobElement({ ...job, failedTries: job.failedTries + 1 });
      return (await link.script(retryScript, keys, [job.lease, element])) === 1 ? 'retried' : 'lost';
    },
    waitForJob,
  };
};
