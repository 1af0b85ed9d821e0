import type { Clock } from '@tripod/shared/async/clock';
import pg from 'pg';
import { createConnector } from './connector.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { cutConnection } from './timed-query.ts';

export type NotificationListenerOptions = {
  readonly address: DatabaseAddress;
  /** Shown by pg_stat_activity. */
  readonly applicationName: string;
  /** A plain SQL identifier. */
  readonly channel: string;
  readonly clock: Clock;
  /** The longest wait. It bounds what a lost notification can delay. */
  readonly longestWaitMs: number;
};

export type NotificationListener = {
  /**
   * Resolves when there may be something new: after a notification (NOTIFY), after a new connection, which may have
   * missed some, after the longest wait, or when the signal is aborted. Rejects when no connection can be made.
   */
  wait(signal: AbortSignal): Promise<void>;
  /** Ends the connection and all waits. */
  close(): void;
};

/** Waits for notifications on a connection of its own, which the first wait opens, and the next one after a loss. */
export const createNotificationListener = (options: NotificationListenerOptions): NotificationListener => {
  const { address, applicationName, channel, clock, longestWaitMs } = options;
  const connector = createConnector(address, applicationName);
  let client: pg.Client | undefined;
  /** Whether a notification arrived while there was no wait. */
  let notified = false;
  let closed = false;
  const waiting = new Set<() => void>();
  const wakeAll = (): void => {
    for (const wake of waiting) wake();
  };
  const drop = (lost: pg.Client): void => {
    if (client === lost) client = undefined;
    cutConnection(lost);
    wakeAll();
  };
  const listen = async (): Promise<void> => {
    const opened = new pg.Client(connector.settings());
    client = opened;
    opened.on('error', () => drop(opened));
    opened.on('end', () => drop(opened));
    opened.on('notification', () => {
      notified = waiting.size === 0;
      wakeAll();
    });
    try {
      await opened.connect();
      await opened.query(`listen ${channel}`);
    } catch (error) {
      drop(opened);
      if (closed) return;
      if (!connector.fallBack(error)) throw error;
      await listen();
    }
    if (closed) drop(opened);
  };
  const sleep = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        timer.cancel();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = clock.after(longestWaitMs, wake);
      waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  return {
    wait: async (signal) => {
      if (signal.aborted || closed) return;
      if (client === undefined) await listen();
      else if (notified) notified = false;
      else await sleep(signal);
    },
    close: () => {
      closed = true;
      if (client) drop(client);
      wakeAll();
    },
  };
};
