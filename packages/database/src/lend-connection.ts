import type pg from 'pg';
import type { Availability } from './availability.ts';
import { type ConnectionPool, PoolBusyError } from './connection-pool.ts';
import { databaseUnavailable } from './database-errors.ts';

/** A connection, and the function that gives it back. */
export type LentConnection = { readonly client: pg.Client; readonly release: () => void };

export type LendConnection = () => Promise<LentConnection>;

/**
 * Lends connections of a pool. Throws API_DATABASE_UNAVAILABLE, at once while the database is unavailable or too many
 * requests wait. Reports failed connection attempts to `availability`.
 */
export const createLendConnection =
  (pool: ConnectionPool, availability: Availability): LendConnection =>
  async () => {
    if (availability.state.name !== 'available') throw databaseUnavailable();
    try {
      const client = await pool.acquire();
      // A connection inside a transaction must not be lent to another request.
      return { client, release: () => pool.release(client, client.getTransactionStatus() !== 'I') };
    } catch (error) {
      if (!(error instanceof PoolBusyError)) {
        availability.suspect(error, { away: pool.stats.total === 0 });
      }
      throw databaseUnavailable(error);
    }
  };
