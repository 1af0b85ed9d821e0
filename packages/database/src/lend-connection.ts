import type { Availability } from './availability.ts';
import { type ConnectionPool, PoolBusyError } from './connection-pool.ts';
import type { LentConnection } from './create-knex.ts';
import { databaseUnavailable } from './database-errors.ts';

export type LendConnection = () => Promise<LentConnection>;

/**
 * Lends connections of a pool, to statements and to knex alike. Throws API_DATABASE_UNAVAILABLE: at once while the
 * database is away or too many wait. A failed connection attempt is told to `availability`.
 */
export const createLendConnection =
  (pool: ConnectionPool, availability: Availability): LendConnection =>
  async () => {
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
