import type { Logger } from '@tripod/shared/logging/logger';
import knexFactory, { type Knex } from 'knex';
import type pg from 'pg';
import { beginsTransaction } from './statement-kind.ts';

/** One connection for the statements of one transaction. */
export type HeldConnection = {
  query(query: pg.QueryConfig): Promise<pg.QueryResult>;
  release(): void;
};

/** Where the statements of knex go. */
export type KnexSource = {
  /** Sends a statement that stands alone. */
  send(query: pg.QueryConfig): Promise<pg.QueryResult>;
  /** Reserves a connection, for a transaction. */
  hold(): Promise<HeldConnection>;
};

/** The part of a pg connection that knex uses. It holds a real connection from BEGIN until knex releases it. */
class KnexConnection {
  readonly #source: KnexSource;
  #held: HeldConnection | undefined;

  constructor(source: KnexSource) {
    this.#source = source;
  }

  query(query: pg.QueryConfig, callback: (error: unknown, result?: pg.QueryResult) => void): void {
    this.#run(query).then((result) => callback(null, result), callback);
  }

  release(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  async #run(query: pg.QueryConfig): Promise<pg.QueryResult> {
    if (!this.#held && beginsTransaction(query.text)) this.#held = await this.#source.hold();
    return this.#held ? await this.#held.query(query) : await this.#source.send(query);
  }
}

/**
 * Creates a knex whose statements go to a source, which sets time limits and checks. knex detects a custom pool by
 * these methods. Never call its `destroy`. It is used for migrations, and for ordinary queries of resources by
 * `database.knex`; statements on the busiest paths go through `database.read` and `database.write` with a name, which
 * knex can't give them.
 */
export const createKnex = (source: KnexSource, logger: Logger): Knex => {
  const used = new Set<KnexConnection>();
  const connectionPool = {
    acquire: () => {
      const connection = new KnexConnection(source);
      used.add(connection);
      return { promise: Promise.resolve(connection) };
    },
    release(connection: KnexConnection): boolean {
      if (!used.delete(connection)) return false;
      connection.release();
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
    // The values of a statement are data of users, and errors go to the log.
    compileSqlOnError: false,
    log: {
      // Whatever knex would log here is thrown too, and the caller knows the request that it belongs to.
      warn: () => undefined,
      error: () => undefined,
      deprecate: (method: string, alternative: string) =>
        logger.warn(`${method} is deprecated: ${alternative}`),
      debug: () => undefined,
    },
  });
};
