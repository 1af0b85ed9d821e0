import type { Logger } from '@tripod/shared/logging/logger';
import knexFactory, { type Knex } from 'knex';
import type pg from 'pg';
import { type QueryLimit, timedQuery } from './timed-query.ts';

/** A connection, and the way to give it back. */
export type LentConnection = { readonly client: pg.Client; readonly release: () => void };

/** The part of a pg connection that knex uses, with our time limit on every statement. */
class KnexConnection {
  readonly lent: LentConnection;
  readonly #limit: QueryLimit;

  constructor(lent: LentConnection, limit: QueryLimit) {
    this.lent = lent;
    this.#limit = limit;
  }

  query(query: pg.QueryConfig, callback: (error: unknown, result?: pg.QueryResult) => void): void {
    timedQuery(this.lent.client, query, this.#limit).then((result) => callback(null, result), callback);
  }
}

/**
 * A knex on connections that are not its own: the same ones serve prepared statements beside it. knex recognises
 * the pool by these very methods; it is not to be destroyed through knex.
 */
export const createKnex = (
  acquire: () => Promise<LentConnection>,
  limit: QueryLimit,
  logger: Logger,
): Knex => {
  const used = new Set<KnexConnection>();
  const connectionPool = {
    acquire: () => ({
      promise: acquire().then((lent) => {
        const connection = new KnexConnection(lent, limit);
        used.add(connection);
        return connection;
      }),
    }),
    release(connection: KnexConnection): boolean {
      if (!used.delete(connection)) return false;
      connection.lent.release();
      return true;
    },
    destroy: () => Promise.resolve(),
    numFree: () => 0,
    numUsed: () => used.size,
    numPendingAcquires: () => 0,
  };
  return knexFactory({
    client: 'pg',
    connectionPool,
    // Errors go to the log, and values are the visitors' own.
    compileSqlOnError: false,
    log: {
      // What it would say comes back as an error as well, to someone who knows the request it belongs to.
      warn: () => undefined,
      error: () => undefined,
      deprecate: (method: string, alternative: string) =>
        logger.warn(`${method} is deprecated: ${alternative}`),
      debug: () => undefined,
    },
  });
};
