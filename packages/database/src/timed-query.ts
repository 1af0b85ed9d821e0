import type { Socket } from 'node:net';
import type { Clock, Timer } from '@tripod/shared/async/clock';
import type pg from 'pg';
import { classifyDatabaseError, QueryTimeoutError, toConnectionError } from './database-errors.ts';

/** Ends a connection at once, without a word to the server, which may be unreachable. */
export const cutConnection = (client: pg.Client, why?: Error): void => {
  client.connection.stream.destroy(why);
};

/** How long the server may stay silent, in milliseconds; how long it may work is for the server to limit. */
export type QueryLimit = { readonly clock: Clock; readonly timeoutMs: number };

/** Cuts the connection once not a byte has come for so long. Returns the way to stop watching. */
const cutWhenSilent = (client: pg.Client, { clock, timeoutMs }: QueryLimit): (() => void) => {
  const stream = client.connection.stream as Socket;
  let seenBytes = stream.bytesRead;
  let timer: Timer;
  let stopped = false;
  const look = (): void => {
    if (stopped) return;
    if (stream.bytesRead === seenBytes) {
      cutConnection(client, new QueryTimeoutError(timeoutMs));
      return;
    }
    seenBytes = stream.bytesRead;
    wait();
  };
  const wait = (): void => {
    // When this process itself was busy, its timers come due before what has arrived meanwhile is read.
    timer = clock.after(timeoutMs, () => setImmediate(look));
  };
  wait();
  return () => {
    stopped = true;
    timer.cancel();
  };
};

/**
 * By the driver's callback: a promise of its own keeps each result until the next full collection, so that the young
 * generation grows without need.
 */
const send = (client: pg.Client, query: pg.QueryConfig): Promise<pg.QueryResult> =>
  new Promise((resolve, reject) => {
    // With a callback it gives back nothing.
    void client.query(query, (error: Error | null, result: pg.QueryResult) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });

/**
 * Sends one statement. When the server stays silent too long the connection is cut and the statement fails with a
 * QueryTimeoutError: the driver's own limit would leave the connection open, with the answer still to come. A broken
 * connection is a ConnectionLostError, and what the server says comes as it is.
 */
export const timedQuery = async (
  client: pg.Client,
  query: pg.QueryConfig,
  limit: QueryLimit,
): Promise<pg.QueryResult> => {
  const stopWatching = cutWhenSilent(client, limit);
  try {
    return await send(client, query);
  } catch (error) {
    // Where the driver found it says nothing of who asked.
    if (error instanceof Error) Error.captureStackTrace(error);
    const told = toConnectionError(error);
    // A server that ends the session says so before it does: who comes next must not be lent what is left of it.
    if (classifyDatabaseError(told) === 'lost') cutConnection(client);
    throw told;
  } finally {
    stopWatching();
  }
};
