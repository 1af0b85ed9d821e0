import type { Socket } from 'node:net';
import type { Clock, Timer } from '@tripod/shared/async/clock';
import type pg from 'pg';
import { classifyDatabaseError, QueryTimeoutError, toConnectionError } from './database-errors.ts';

/** Closes a connection at once, without a message to the server, which may be unreachable. */
export const cutConnection = (client: pg.Client, why?: Error): void => {
  client.connection.stream.destroy(why);
};

/** How long the server may stay silent. The server itself limits how long a statement may run. */
export type QueryLimit = { readonly clock: Clock; readonly timeoutMs: number };

/** Cuts the connection when no byte arrives for the time limit. Returns a function that stops the watch. */
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
    // After this process was busy, its timers fire before it reads what has arrived.
    timer = clock.after(timeoutMs, () => setImmediate(look));
  };
  wait();
  return () => {
    stopped = true;
    timer.cancel();
  };
};

/**
 * Uses the driver's callback: the driver's own promises keep each result until the next full garbage collection, so
 * that the young generation grows.
 */
const send = (client: pg.Client, query: pg.QueryConfig): Promise<pg.QueryResult> =>
  new Promise((resolve, reject) => {
    // With a callback it returns nothing.
    void client.query(query, (error: Error | null, result: pg.QueryResult) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });

/**
 * Sends one statement. When the server stays silent for the time limit, the connection is cut and the statement fails
 * with a QueryTimeoutError; the driver's own limit would leave the connection open with an answer pending. A broken
 * connection is a ConnectionLostError. An error of the server comes as it is.
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
    // The stack of the driver does not show the caller.
    if (error instanceof Error) Error.captureStackTrace(error);
    const failure = toConnectionError(error);
    // A server announces the end of a session before it closes it: the connection must not be lent again.
    if (classifyDatabaseError(failure) === 'lost') cutConnection(client);
    throw failure;
  } finally {
    stopWatching();
  }
};
