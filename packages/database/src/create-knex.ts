import type { Logger } from '@tripod/shared/logging/logger';
import knexFactory, { type Knex } from 'knex';
import type pg from 'pg';
import { type QueryLimit, timedQuery } from './timed-query.ts';

/** Where knex gets its connections from, and gives them back. */
export type ConnectionSource = {
  acquire(): Promise<pg.Client>;
  release(client: pg.Client): void;
};

/** The part of a pg connection that knex uses, with our time limit on every statement. */
class KnexConnection {
  readonly client: pg.Client;
  readonly #limit: QueryLimit;

  constructor(client: pg.Client, limit: QueryLimit) {
    this.client = client;
    this.#limit = limit;
  }

  query(query: pg.QueryConfig, callback: (error: unknown, result?: pg.QueryResult) => void): void {
    timedQuery(this.client, query, this.#limit).then((result) => callback(null, result), callback);
  }
}

/**
 * A knex on connections that are not its own: the same ones serve prepared statements beside it. knex recognises
 * the pool by these very methods; it is not to be destroyed through knex.
 */
export const createKnex = (source: ConnectionSource, limit: QueryLimit, logger: Logger): Knex => {
  const lent = new Set<KnexConnection>();
  const connectionPool = {
    acquire: () => ({
      promise: source.acquire().then((client) => {
        const connection = new KnexConnection(client, limit);
        lent.add(connection);
        return connection;
      }),
    }),
    release(connection: KnexConnection): boolean {
      if (!lent.delete(connection)) return false;
      source.release(connection.client);
      return true;
    },
    destroy: () => Promise.resolve(),
    numFree: () => 0,
    numUsed: () => lent.size,
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
