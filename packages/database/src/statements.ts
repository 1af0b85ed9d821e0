import type pg from 'pg';
import type { Availability } from './availability.ts';
import { classifyDatabaseError, QueryTimeoutError, translateDatabaseError } from './database-errors.ts';
import { durabilityOff } from './durability.ts';
import type { LendConnection } from './lend-connection.ts';
import { type QueryLimit, timedQuery } from './timed-query.ts';

export type StatementsOptions = {
  readonly lend: LendConnection;
  /** Told of failures that may mean that the database is away. */
  readonly availability: Availability;
  /** Why writes are refused; undefined when they are not. */
  readonly writeRefusal: () => string | undefined;
  readonly limit: QueryLimit;
};

/** The use of a database, as opposed to its coming and going. */
export type Statements = {
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
};

export const createStatements = ({
  lend,
  availability,
  writeRefusal,
  limit,
}: StatementsOptions): Statements => {
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
    const { client, release } = await lend();
    try {
      // It may have waited for its connection, or for its group, since it was let in.
      if (writes && writeRefusal() !== undefined) throw durabilityOff();
      return await timedQuery(client, query, limit);
    } finally {
      release();
    }
  };
  return {
    query: (query) => send(query, false),
    write: (query) => send(query, true),
    reading: (work) => watched(work, false),
    writing: (work) =>
      writeRefusal() !== undefined && availability.state.name === 'available'
        ? Promise.reject(durabilityOff())
        : watched(work, true),
  };
};
