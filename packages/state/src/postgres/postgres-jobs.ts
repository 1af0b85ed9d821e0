import type { Database } from '@tripod/database/database';
import { classifyDatabaseError, databaseUnavailable, writeUncertain } from '@tripod/database/database-errors';
import { createCoalescedRead } from '@tripod/shared/async/coalesced-read';
import { createGroupCommit } from '@tripod/shared/async/group-commit';
import { jobsFull } from '../store/state-errors.ts';
import {
  isLastTry,
  type JobCounts,
  type JobQueue,
  keptEndedJobs,
  maxRowsPerGroup,
  maxWaitingRows,
  type TakenJob,
} from '../store/state-store.ts';

/** Workers listen here for new jobs. */
export const jobChannel = 'tripod_jobs';

// With the limit reached it inserts nothing, which the number of rows tells.
const insertJobs = {
  name: 'enqueue-jobs',
  text: `with added as (
      insert into jobs (name)
      select name from unnest($1::text[]) with ordinality as incoming (name, ordinal)
      where not exists (select from jobs where lease is null offset $2)
      order by ordinal
      returning id
    )
    select id::float8 as id, pg_notify('${jobChannel}', '') from added order by id`,
};
const countJobs = {
  name: 'count-jobs',
  text: `select count(*) filter (where lease is null)::float8 as waiting, count(lease)::float8 as running,
      (select done from job_totals)::float8 as done, (select failed from job_totals)::float8 as failed
    from jobs`,
};
const takeJob = {
  name: 'take-job',
  text: `with next as (
      select id from jobs where lease is null or leased_until < now()
      order by id limit 1 for update skip locked
    )
    update jobs set lease = $1, worker = $2, leased_until = now() + $3 * interval '1 ms',
      lost_leases = lost_leases + (lease is not null)::int
    from next where jobs.id = next.id
    returning jobs.id::float8 as id, name, failed_tries as "failedTries", lost_leases as "lostLeases", lease`,
};
const renewLease = {
  name: 'renew-lease',
  text: `update jobs set leased_until = now() + $2 * interval '1 ms' where lease = $1`,
};
/** The end of a job, its record and the total are one statement: all of it happens, or nothing. */
const endJob = `removed as (
      delete from jobs where id in (select id from ending) returning id, name, worker
    ), recorded as (
      insert into ended_jobs (job_id, name, worker, outcome, reason)
      select id, name, worker, outcome, reason from removed cross join result
      returning sequence
    ), counted as (
      update job_totals set done = done + (result.outcome = 'done')::int, failed = failed + (result.outcome = 'failed')::int
      from result where exists (select from recorded)
    ), trimmed as (
      delete from ended_jobs where sequence <= (select sequence from recorded) - ${keptEndedJobs}
    )`;
const completeJob = {
  name: 'complete-job',
  text: `with result (outcome, reason) as (values ('done', null::text)),
    ending as materialized (select id from jobs where lease = $1 for update), ${endJob}
    select from removed`,
};
const failJob = {
  name: 'fail-job',
  text: `with result (outcome, reason) as (values ('failed', $2::text)),
    held as materialized (select id from jobs where lease = $1 for update),
    ending as (select id from held where $3),
    retried as (
      update jobs set failed_tries = failed_tries + 1, lost_leases = 0, lease = null, leased_until = null, worker = null
      from held where jobs.id = held.id and not $3
    ), ${endJob}
    select from held`,
};

export type PostgresJobsOptions = {
  readonly database: Database;
  readonly createUuid: () => string;
  readonly maxWaitingJobs: number;
  readonly waitForJob: JobQueue['waitForJob'];
};

export const createPostgresJobs = (options: PostgresJobsOptions): JobQueue => {
  const { database, createUuid, maxWaitingJobs, waitForJob } = options;
  const write = (query: { readonly name: string; readonly text: string }, values: readonly unknown[]) =>
    database.write({ ...query, values: [...values] });
  const add = createGroupCommit<string, { readonly id: number }>({
    insert: async (names) => {
      const { rows } = await write(insertJobs, [names, maxWaitingJobs - 1]);
      if (rows.length === 0) throw jobsFull(maxWaitingJobs);
      return (ordinal) => {
        const { id } = (rows as readonly { readonly id: number }[])[ordinal] ?? {};
        return id === undefined ? undefined : { id };
      };
    },
    isRowFault: (error) => classifyDatabaseError(error) === 'badValue',
    maxRows: maxRowsPerGroup,
    maxWaiting: maxWaitingRows,
    refusal: databaseUnavailable,
    unconfirmed: writeUncertain,
  });
  const counts = createCoalescedRead(async () => (await database.read(countJobs)).rows[0] as JobCounts);
  return {
    enqueue: add,
    counts,
    take: async (workerName, leaseMs) => {
      const { rows } = await write(takeJob, [createUuid(), workerName, leaseMs]);
      return (rows as readonly TakenJob[])[0];
    },
    renew: async ({ lease }, leaseMs) => (await write(renewLease, [lease, leaseMs])).rowCount === 1,
    complete: async ({ lease }) => (await write(completeJob, [lease])).rowCount === 1,
    fail: async (job, reason) => {
      const isLast = isLastTry(job);
      if ((await write(failJob, [job.lease, reason, isLast])).rowCount === 0) return 'lost';
      return isLast ? 'failed' : 'retried';
    },
    waitForJob,
  };
};
