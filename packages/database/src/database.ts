import type { Clock } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Knex } from 'knex';
import type pg from 'pg';
import { createDatabaseAnnouncer } from './announce-database.ts';
import { Availability, type AvailabilityState } from './availability.ts';
import { ConnectionPool, PoolBusyError, type PoolStats } from './connection-pool.ts';
import { limits } from './connection-settings.ts';
import { createKnex } from './create-knex.ts';
import { classifyDatabaseError, describeDatabaseError } from './database-errors.ts';
import { durabilityQuery, findDurabilityRisk } from './durability.ts';
import { createLendConnection } from './lend-connection.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { reachServer } from './reach-server.ts';
import { createStatements, type Statements } from './statements.ts';
import { timedQuery } from './timed-query.ts';

export type DatabaseOptions = {
  readonly address: DatabaseAddress;
  /** Shown by pg_stat_activity. */
  readonly applicationName: string;
  /** Most connections at the same time. */
  readonly poolSize: number;
  readonly logger: Logger;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Whether to write to a server that may lose what it has confirmed. */
  readonly allowUnsafeDurability: boolean;
  /** Done each time the database has come within reach, before anything else may use it: migrations. */
  readonly prepare: (signal: AbortSignal) => Promise<void>;
};

/**
 * One database as a server uses it. Nothing connects before `start`. While it is away every use fails at once with
 * API_DATABASE_UNAVAILABLE, and it heals by itself.
 */
export type Database = Statements & {
  /**
   * Builds the queries of further resources, on the same connections. Whether a write may be lost is asked by `writing`
   * around it, and its failures get their codes there or by `reading`.
   */
  readonly knex: Knex;
  /** Makes the first attempt to connect. Resolves also when the database is away; throws what `prepare` can't mend. */
  start(): Promise<void>;
  /** Undefined when it can be used, otherwise a short reason: for readiness. */
  reason(): string | undefined;
  /** Why writes are refused while reads go on; undefined when they are not: a note for readiness. */
  writeRefusal(): string | undefined;
  stats(): PoolStats;
  /** Waits for work that is under way, then ends every connection. */
  close(): Promise<void>;
};

export const createDatabase = (options: DatabaseOptions): Database => {
  const { address, applicationName, poolSize, logger, clock, random, allowUnsafeDurability, prepare } =
    options;
  const limit = { clock, timeoutMs: limits.queryTimeoutMs };
  const closing = new AbortController();
  const announcer = createDatabaseAnnouncer(address, logger, clock, allowUnsafeDurability);
  let prepared = false;
  let risk: string | undefined;
  let inspectedLast: pg.PoolClient | undefined;
  const writeRefusal = (): string | undefined =>
    risk === undefined || allowUnsafeDurability ? undefined : `refused: ${risk}`;

  const onChange = (state: AvailabilityState): void => {
    if (state.name === 'away') {
      prepared = false;
      pool.cutIdle();
    }
    announcer.changed(state);
  };
  /**
   * What holds for a server may be set for a role or a database as well: so each session is asked as it begins, and
   * none is kept from before a change.
   */
  const inspect = async (client: pg.PoolClient): Promise<void> => {
    const { rows } = await timedQuery(client, { text: durabilityQuery }, limit);
    const found = findDurabilityRisk(rows[0] as Readonly<Record<string, string>>);
    inspectedLast = client;
    if (found !== risk) pool.renew(client);
    risk = found;
    announcer.durability(risk);
  };
  const pool = new ConnectionPool({
    address,
    applicationName,
    max: poolSize,
    inspect,
    onIdleLoss: (error) => availability.suspect(error, { away: false }),
  });
  const attempt = async (): Promise<void> => {
    if (!prepared) {
      await reachServer({ address, applicationName, clock, signal: closing.signal });
      await prepare(closing.signal);
    }
    prepared = true;
    inspectedLast = undefined;
    try {
      const client = await pool.acquire();
      try {
        // A session that is new has been asked just now.
        if (client !== inspectedLast) await inspect(client);
      } finally {
        // What was set for a role is seen by new sessions only: the next attempt takes one, to see whether it was mended.
        pool.release(client, writeRefusal() !== undefined);
      }
    } catch (error) {
      // Whoever holds all the connections is being answered.
      if (!(error instanceof PoolBusyError)) throw error;
    }
  };
  const isAway = (error: unknown): boolean => {
    const failure = classifyDatabaseError(error);
    return failure === 'lost' || failure === 'unavailable';
  };
  const availability = new Availability({ attempt, isAway, clock, random, onChange });

  const lend = createLendConnection(pool, availability);
  return {
    ...createStatements({ lend, availability, writeRefusal, limit }),
    knex: createKnex(lend, limit, logger),
    start: () => availability.start(),
    reason: () => {
      const { state } = availability;
      if (state.name === 'available') return undefined;
      return state.name === 'starting' ? 'starting' : describeDatabaseError(state.error);
    },
    writeRefusal,
    stats: () => pool.stats,
    close: async () => {
      closing.abort();
      await availability.stop();
      await pool.close();
    },
  };
};
