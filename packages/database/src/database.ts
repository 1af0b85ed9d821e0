import type { Logger } from '@tripod/shared/logging/logger';
import type { Clock } from '@tripod/shared/process/clock';
import type { Knex } from 'knex';
import type pg from 'pg';
import { createDatabaseAnnouncer } from './announce-database.ts';
import { Availability, type AvailabilityState } from './availability.ts';
import { ConnectionPool, PoolBusyError, type PoolStats } from './connection-pool.ts';
import { limits } from './connection-settings.ts';
import { createKnex, type LentConnection } from './create-knex.ts';
import {
  classifyDatabaseError,
  databaseUnavailable,
  describeDatabaseError,
  QueryTimeoutError,
  translateDatabaseError,
} from './database-errors.ts';
import { durabilityOff, durabilityQuery, findDurabilityRisk } from './durability.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { reachServer } from './reach-server.ts';
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
export type Database = {
  readonly knex: Knex;
  /** Makes the first attempt to connect. Resolves also when the database is away; throws what `prepare` can't mend. */
  start(): Promise<void>;
  /** Undefined when it can be used, otherwise a short reason: for readiness. */
  reason(): string | undefined;
  /** Why writes are refused while reads go on; undefined when they are not: a note for readiness. */
  writeRefusal(): string | undefined;
  /** One statement on any connection, prepared when it has a name. Errors come as they are. */
  query(query: pg.QueryConfig): Promise<pg.QueryResult>;
  /** The same for one that changes something. Throws API_DURABILITY_OFF when what it changes may be lost. */
  write(query: pg.QueryConfig): Promise<pg.QueryResult>;
  /** Runs work that only reads; its failures get their codes. */
  reading<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Runs work that writes, by `write` or else. Throws API_DURABILITY_OFF at once when the server may lose it. A
   * connection lost on the way makes its fate unknown, which its code says.
   */
  writing<T>(work: () => Promise<T>): Promise<T>;
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
    try {
      const client = await pool.acquire();
      try {
        await inspect(client);
      } finally {
        // What was set for a role is seen by new sessions only: the next look takes one, to see whether it was mended.
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

  const acquire = async (): Promise<LentConnection> => {
    if (availability.state.name !== 'available') throw databaseUnavailable();
    try {
      const client = await pool.acquire();
      // Whoever gets it next must not find himself inside someone's transaction.
      return { client, release: () => pool.release(client, client.getTransactionStatus() !== 'I') };
    } catch (error) {
      if (!(error instanceof PoolBusyError)) {
        availability.suspect(error, { away: pool.stats.total === 0 });
      }
      throw databaseUnavailable(error);
    }
  };
  const watched = async <T>(work: () => Promise<T>, writing: boolean): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (classifyDatabaseError(error) === 'lost') {
        availability.suspect(error, { away: error instanceof QueryTimeoutError });
      }
      throw translateDatabaseError(error, { writing });
    }
  };
  const send = async (query: pg.QueryConfig, writes: boolean): Promise<pg.QueryResult> => {
    const { client, release } = await acquire();
    try {
      // It may have waited for its connection, or for its group, since it was let in.
      if (writes && writeRefusal() !== undefined) throw durabilityOff();
      return await timedQuery(client, query, limit);
    } finally {
      release();
    }
  };
  return {
    knex: createKnex(acquire, limit, logger),
    start: () => availability.start(),
    reason: () => {
      const { state } = availability;
      if (state.name === 'available') return undefined;
      return state.name === 'starting' ? 'starting' : describeDatabaseError(state.error);
    },
    writeRefusal,
    query: (query) => send(query, false),
    write: (query) => send(query, true),
    reading: (work) => watched(work, false),
    writing: (work) =>
      writeRefusal() !== undefined && availability.state.name === 'available'
        ? Promise.reject(durabilityOff())
        : watched(work, true),
    stats: () => pool.stats,
    close: async () => {
      closing.abort();
      await availability.stop();
      await pool.close();
    },
  };
};
