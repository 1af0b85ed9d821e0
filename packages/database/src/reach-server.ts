import type { Clock, Timer } from '@tripod/shared/async/clock';
import pg from 'pg';
import { connectionSettings, limits } from './connection-settings.ts';
import { ConnectionLostError, toConnectionError } from './database-errors.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { cutConnection } from './timed-query.ts';

export type ReachOptions = {
  readonly address: DatabaseAddress;
  readonly applicationName: string;
  readonly clock: Clock;
  /** Gives up. */
  readonly signal: AbortSignal;
};

/**
 * Resolves once the server has let a connection in, which is closed again; throws at the first one that it refuses,
 * or that had no answer within 2 s. While one is silent another is begun every 500 ms: what was asked before the server, or
 * the way to it, came back may never be answered, and its return must not be missed for that long.
 */
export const reachServer = async (options: ReachOptions): Promise<void> => {
  const { address, applicationName, clock, signal } = options;
  const outcome = Promise.withResolvers<void>();
  const clients: pg.Client[] = [];
  const timers: Timer[] = [];
  const begin = (): void => {
    // Its limit is set by our own clock.
    const client = new pg.Client({
      ...connectionSettings(address, applicationName),
      connectionTimeoutMillis: 0,
    });
    client.on('error', () => undefined);
    clients.push(client);
    client.connect().then(
      () => outcome.resolve(),
      (error: unknown) => outcome.reject(toConnectionError(error)),
    );
    timers.push(clock.after(limits.anotherTryMs, begin));
  };
  const fail = (why: string) => () => outcome.reject(new ConnectionLostError(why));
  const stop = fail('stopping');
  timers.push(clock.after(limits.connectTimeoutMs, fail('no answer')));
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) stop();
    else begin();
    await outcome.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    for (const timer of timers) timer.cancel();
    for (const client of clients) cutConnection(client);
  }
};
