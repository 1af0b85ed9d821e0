import type { Clock } from '@tripod/shared/process/clock';
import type pg from 'pg';
import { QueryTimeoutError, toConnectionError } from './database-errors.ts';

/** Ends a connection at once, without a word to the server, which may be unreachable. */
export const cutConnection = (client: pg.Client, why?: Error): void => {
  client.connection.stream.destroy(why);
};

export type QueryLimit = { readonly clock: Clock; readonly timeoutMs: number };

/**
 * Sends one statement. Without an answer in time the connection is cut and the statement fails with a
 * QueryTimeoutError: the driver's own limit would leave the connection open, with the answer still to come. A broken
 * connection is a ConnectionLostError, and what the server says comes as it is.
 */
export const timedQuery = async (
  client: pg.Client,
  query: pg.QueryConfig,
  { clock, timeoutMs }: QueryLimit,
): Promise<pg.QueryResult> => {
  const timer = clock.after(timeoutMs, () => cutConnection(client, new QueryTimeoutError(timeoutMs)));
  try {
    return await client.query(query);
  } catch (error) {
    throw toConnectionError(error);
  } finally {
    timer.cancel();
  }
};
