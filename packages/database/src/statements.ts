import type pg from 'pg';
import type { Availability } from './availability.ts';
import type { HeldConnection, KnexSource } from './create-knex.ts';
import {
  classifyDatabaseError,
  databaseUnavailable,
  isStaleSessionError,
  QueryTimeoutError,
  translateDatabaseError,
} from './database-errors.ts';
import { durabilityOff } from './durability.ts';
import type { LendConnection } from './lend-connection.ts';
import type { StaleSessions } from './stale-sessions.ts';
import { commitsTransaction, controlsTransaction, mayWrite } from './statement-kind.ts';
import { type QueryLimit, timedQuery } from './timed-query.ts';

export type StatementsOptions = {
  readonly lend: LendConnection;
  /** Receives failures that may mean that the database is unavailable. */
  readonly availability: Availability;
  /** Why writes are refused; undefined when they are not. */
  readonly writeRefusal: () => string | undefined;
  readonly sessions: StaleSessions;
  readonly limit: QueryLimit;
};

/**
 * Single statements, prepared when they have a name. Their failures have error codes: API_DATABASE_UNAVAILABLE
 * (nothing was written), API_WRITE_UNCERTAIN (a write may have happened) and API_DURABILITY_OFF. A value that
 * Postgres refuses (SQLSTATE classes 22, 23 and 54) and a mistake in the SQL come as the server sent them.
 */
export type Statements = {
  /** Runs a statement that only reads. Throws a TypeError for any other statement. */
  read(query: pg.QueryConfig): Promise<pg.QueryResult>;
  /** Runs a statement that may write, and resolves after its commit. Refused while the server may lose commits. */
  write(query: pg.QueryConfig): Promise<pg.QueryResult>;
};

class StaleSessionFailure extends Error {
  readonly client: pg.Client;

  constructor(client: pg.Client, cause: unknown) {
    super('the session is stale', { cause });
    this.client = client;
  }
}

export const createStatements = (options: StatementsOptions): Statements & KnexSource => {
  const { lend, availability, writeRefusal, sessions, limit } = options;

  const toFailure = (error: unknown, writing: boolean): unknown => {
    if (classifyDatabaseError(error) === 'lost') {
      availability.suspect(error, { away: error instanceof QueryTimeoutError });
    }
    return translateDatabaseError(error, { writing });
  };
  const checkDurability = (): void => {
    if (writeRefusal() !== undefined) throw durabilityOff();
  };
  const sendOnce = async (query: pg.QueryConfig, writes: boolean): Promise<pg.QueryResult> => {
    const { client, release } = await lend();
    try {
      // Checked here, because the statement may have waited for its connection or for its group.
      if (writes) checkDurability();
      return await timedQuery(client, query, limit);
    } catch (error) {
      throw isStaleSessionError(error) ? new StaleSessionFailure(client, error) : error;
    } finally {
      release();
    }
  };
  const sendTwice = async (query: pg.QueryConfig, writes: boolean): Promise<pg.QueryResult> => {
    try {
      return await sendOnce(sessions.prepare(query), writes);
    } catch (error) {
      if (!(error instanceof StaleSessionFailure)) throw error;
      const again = sessions.recover(query, error.client, error.cause);
      if (again === undefined) throw error.cause;
      return await sendOnce(again, writes).catch((second: unknown) => {
        if (!(second instanceof StaleSessionFailure)) throw second;
        sessions.failedAgain();
        throw second.cause;
      });
    }
  };
  const send = async (query: pg.QueryConfig, writes: boolean): Promise<pg.QueryResult> => {
    try {
      return await sendTwice(query, writes);
    } catch (error) {
      throw toFailure(error, writes);
    }
  };
  const hold = async (): Promise<HeldConnection> => {
    const { client, release } = await lend();
    return {
      release,
      query: async (query) => {
        const commits = commitsTransaction(query.text);
        if (mayWrite(query.text) && !controlsTransaction(query.text)) checkDurability();
        let result: pg.QueryResult;
        try {
          result = await timedQuery(client, query, limit);
        } catch (error) {
          // Before COMMIT is sent nothing can have been committed.
          throw toFailure(error, commits);
        }
        // COMMIT of a transaction in which a statement failed is answered with ROLLBACK, and not with an error.
        if (commits && result.command === 'ROLLBACK')
          throw databaseUnavailable(new Error('it was rolled back'));
        return result;
      },
    };
  };
  return {
    read: (query) =>
      mayWrite(query.text)
        ? Promise.reject(new TypeError(`read() got a statement that may write; use write(): ${query.text}`))
        : send(query, false),
    write: (query) => send(query, true),
    send: (query) => send(query, mayWrite(query.text)),
    hold,
  };
};
