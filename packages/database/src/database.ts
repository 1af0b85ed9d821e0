import type { Clock } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Knex } from 'knex';
import type pg from 'pg';
import { createDatabaseAnnouncer } from './announce-database.ts';
import { Availability, type AvailabilityState } from './availability.ts';
import { ConnectionPool, PoolBusyError, type PoolStats } from './connection-pool.ts';
import { limits } from './connection-settings.ts';
import { createConnector } from './connector.ts';
import { createKnex } from './create-knex.ts';
import { classifyDatabaseError, describeDatabaseError } from './database-errors.ts';
import { createSessionQuery, findDurabilityRisk } from './durability.ts';
import { createLendConnection } from './lend-connection.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { reachServer } from './reach-server.ts';
import { runTransaction } from './run-transaction.ts';
import { createStaleSessions, type PreparedStatements } from './stale-sessions.ts';
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
  /** Whether to write to a server that may lose commits. */
  readonly allowUnsafeDurability: boolean;
  /** Default `auto`. */
  readonly preparedStatements?: PreparedStatements;
  /** Runs each time the database has become reachable, before anything else may use it: migrations. */
  readonly prepare: (signal: AbortSignal) => Promise<void>;
};

/**
 * One database, as a service uses it. It connects to nothing before `start`. While the database is unavailable every
 * use fails at once with API_DATABASE_UNAVAILABLE, and it recovers by itself.
 *
 * There is no unchecked way to the server: `read`, `write` and `knex` give failures their error codes, refuse writes
 * while the server may lose commits, and send a statement once more when only its session was stale.
 */
export type Database = Statements & {
  /**
   * Builds ordinary queries and transactions. Each statement is judged by its text; one of unknown kind counts as a
   * write. A transaction resolves after its commit.
   */
  readonly knex: Knex;
  /**
   * Runs `work` in one transaction on one connection, and resolves after its commit. `work` is given this database,
   * whose statements all go to the transaction. When `work` fails, everything is rolled back and the failure is
   * thrown.
   */
  transaction<T>(work: (bound: Database) => Promise<T>): Promise<T>;
  /**
   * Makes the first attempt to connect. Resolves also when the database is unavailable; throws what `prepare` can't
   * correct.
   */
  start(): Promise<void>;
  /** Undefined while the database can be used, otherwise a short reason for readiness. */
  reason(): string | undefined;
  /** Why writes are refused while reads go on; undefined when they are not. A note for readiness. */
  writeRefusal(): string | undefined;
  stats(): PoolStats;
  /** Waits for running statements, then closes every connection. */
  close(): Promise<void>;
};

export const createDatabase = (options: DatabaseOptions): Database => {
  const { address, applicationName, poolSize, logger, clock, random, allowUnsafeDurability } = options;
  const { prepare, preparedStatements = 'auto' } = options;
  const connector = createConnector(address, applicationName);
  const sessionQuery = createSessionQuery(address.url);
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
   * The settings may differ for each role and database, so each new session is asked. After a change no older session
   * is kept.
   */
  const inspect = async (client: pg.PoolClient): Promise<void> => {
    const { rows } = await timedQuery(client, { text: sessionQuery }, limit);
    const found = findDurabilityRisk(rows[0] as Readonly<Record<string, string>>);
    inspectedLast = client;
    if (found !== risk) pool.renew(client);
    risk = found;
    announcer.durability(risk);
  };
  const pool = new ConnectionPool({
    connector,
    max: poolSize,
    inspect,
    onIdleLoss: (error) => availability.suspect(error, { away: false }),
  });
  const attempt = async (): Promise<void> => {
    if (!prepared) {
      await reachServer({ connector, clock, signal: closing.signal });
      await prepare(closing.signal);
    }
    prepared = true;
    inspectedLast = undefined;
    try {
      const client = await pool.acquire();
      try {
        // A new session was inspected by the pool.
        if (client !== inspectedLast) await inspect(client);
      } finally {
        // Only a new session sees a corrected setting of its role, so the next attempt opens one.
        pool.release(client, writeRefusal() !== undefined);
      }
    } catch (error) {
      // All connections are in use, so the database answers.
      if (!(error instanceof PoolBusyError)) throw error;
    }
  };
  const isAway = (error: unknown): boolean => {
    const failure = classifyDatabaseError(error);
    return failure === 'lost' || failure === 'unavailable';
  };
  const availability = new Availability({ attempt, isAway, clock, random, onChange });

  const lend = createLendConnection(pool, availability);
  const sessions = createStaleSessions({
    preparedStatements,
    renew: (stale) => pool.renewFrom(stale),
    clock,
    logger,
  });
  const statements = createStatements({ lend, availability, writeRefusal, sessions, limit });
  const database: Database = {
    read: statements.read,
    write: statements.write,
    knex: createKnex(statements, logger),
    transaction: (work) =>
      runTransaction(statements, logger, (inside) => {
        const bound: Database = {
          ...database,
          ...inside,
          transaction: (further) => further(bound),
        };
        return work(bound);
      }),
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
  return database;
};
