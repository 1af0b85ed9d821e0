import type { Database } from '@tripod/database/database';
import { databaseUnavailable } from '@tripod/database/database-errors';
import { sessionLifetimeMs, type Visit, type VisitCounters } from '../store/state-store.ts';
import { createVisitGroup } from '../store/visit-group.ts';

/**
 * Counts a group of visits. Sessions are locked in the order of their ids and the total comes last, so that statements
 * of several copies can't wait for each other in a circle, and hold the one row that all of them need for the shortest
 * time. The time of expiry changes once a minute at most: other visits leave the index alone.
 *
 * It has no name, so that Postgres plans it each time: a connection would keep the plan that was made when the table was
 * small, which scans the whole table later.
 */
const countVisits = {
  text: `with incoming as materialized (
      select ordinal, coalesce(
        (select id from visit_sessions where id = claimed_id and expires_at > now()),
        new_id
      ) as id
      from unnest($1::uuid[], $2::uuid[]) with ordinality as visit (claimed_id, new_id, ordinal)
    ), counted as (
      insert into visit_sessions as session (id, visits, expires_at)
      select id, count(*), date_trunc('minute', now()) + interval '1 minute' + $3 * interval '1 ms'
      from incoming group by id order by id
      on conflict (id) do update
        set visits = session.visits + excluded.visits, expires_at = excluded.expires_at
      returning id, visits
    ), total as (
      update visit_total set visits = visits + (
        select count(*) from incoming where (select count(*) from counted) > 0
      ) returning visits
    )
    select incoming.id as "sessionId",
      (counted.visits - count(*) over same + row_number() over (same order by ordinal))::float8 as "sessionCount",
      (total.visits - count(*) over () + ordinal)::float8 as "globalCount"
    from incoming join counted on counted.id = incoming.id cross join total
    window same as (partition by incoming.id)
    order by ordinal`,
};

/** Expired sessions are deleted before the first visit and after each this many. */
const sweepEvery = 1000;

/** Deletes more sessions than were added since the last time. It has no name for the same reason. */
const deleteExpired = {
  text: `delete from visit_sessions where ctid = any(array(
      select ctid from visit_sessions where expires_at < now()
      order by expires_at limit $1 for update skip locked
    ))`,
  values: [4 * sweepEvery],
};

export const createPostgresVisits = (database: Database, createUuid: () => string): VisitCounters => {
  let countedSinceSweep = sweepEvery;
  return createVisitGroup({
    createUuid,
    busy: databaseUnavailable,
    countAll: async (incoming) => {
      // In front of the visits: when it fails, none of them has been counted.
      if (countedSinceSweep >= sweepEvery) {
        await database.write(deleteExpired);
        countedSinceSweep = 0;
      }
      const claimed = incoming.map(({ claimedId }) => claimedId ?? null);
      const fresh = incoming.map(({ newId }) => newId);
      const { rows } = await database.write({
        ...countVisits,
        values: [claimed, fresh, sessionLifetimeMs],
      });
      countedSinceSweep += incoming.length;
      return rows as readonly Visit[];
    },
  });
};
