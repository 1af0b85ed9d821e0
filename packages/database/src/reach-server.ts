import type { Clock, Timer } from '@tripod/shared/async/clock';
import { createDeferred } from '@tripod/shared/async/deferred';
import pg from 'pg';
import { limits } from './connection-settings.ts';
import type { Connector } from './connector.ts';
import { ConnectionLostError, toConnectionError } from './database-errors.ts';
import { cutConnection } from './timed-query.ts';

export type ReachOptions = {
  readonly connector: Connector;
  readonly clock: Clock;
  /** Gives up. */
  readonly signal: AbortSignal;
};

/**
 * Resolves when the server has accepted a connection, which is then closed. Throws at the first refusal, and after 2
 * s without an answer. While one attempt gets no answer another is made every 500 ms: packets that were sent before
 * the server or the network came back may never be answered.
 */
export const reachServer = async ({ connector, clock, signal }: ReachOptions): Promise<void> => {
  const outcome = createDeferred<void>();
  const clients: pg.Client[] = [];
  const timers: Timer[] = [];
  const connect = (): void => {
    // The clock of this function sets the time limit.
    const client = new pg.Client({ ...connector.settings(), connectionTimeoutMillis: 0 });
    client.on('error', () => undefined);
    clients.push(client);
    client.connect().then(
      () => outcome.resolve(),
      (error: unknown) => {
        if (connector.fallBack(error)) connect();
        else outcome.reject(toConnectionError(error));
      },
    );
  };
  const attempt = (): void => {
    connect();
    timers.push(clock.after(limits.anotherTryMs, attempt));
  };
  const fail = (why: string) => () => outcome.reject(new ConnectionLostError(why));
  const stop = fail('stopping');
  timers.push(clock.after(limits.connectTimeoutMs, fail('no answer')));
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) stop();
    else attempt();
    await outcome.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    for (const timer of timers) timer.cancel();
    for (const client of clients) cutConnection(client);
  }
};
