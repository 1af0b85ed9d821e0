import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createNotificationListener,
  type NotificationListener,
} from '@tripod/database/notification-listener';
import { type Clock, systemClock } from '@tripod/shared/async/clock';
import { askDatabase } from '@tripod/testing/ask-database';
import { startTcpForwarder, type TcpForwarder } from '@tripod/testing/tcp-forwarder';
import type { TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { emptyDatabase, portOf, throughPort } from './support/test-database.ts';

/** A clock whose timers never fire. */
const clockWithoutTimers: Clock = { ...systemClock, after: () => ({ cancel: () => undefined }) };
const { signal } = new AbortController();

describe('notifications of Postgres', () => {
  let database: TempDatabase;
  let wire: TcpForwarder;
  let listener: NotificationListener;
  beforeAll(async () => {
    database = await emptyDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    wire = await startTcpForwarder(portOf(database.url));
    listener = createNotificationListener({
      address: throughPort(database.url, wire.port),
      applicationName: 'listener-test',
      channel: 'news',
      clock: clockWithoutTimers,
      longestWaitMs: 1000,
    });
    // The first wait makes the connection.
    await listener.wait(signal);
  });
  afterEach(async () => {
    listener.close();
    await wire.stop();
  });
  const notify = (): Promise<unknown> => askDatabase(database.url, "select pg_notify('news', '')");

  it('end every wait, also one that begins after the notification', async () => {
    const waits = [listener.wait(signal), listener.wait(signal)];
    await notify();
    await Promise.all(waits);
    await notify();
    await listener.wait(signal);
  });

  it('arrive again after the connection broke', async () => {
    const waiting = listener.wait(signal);
    await wire.cut();
    await waiting;
    await expect(listener.wait(signal)).rejects.toThrow(/ECONNREFUSED/);
    await wire.heal();
    await listener.wait(signal);
    const next = listener.wait(signal);
    await notify();
    await next;
  });

  it('are waited for until the limit or until the signal is aborted', async () => {
    const timed = createNotificationListener({
      address: throughPort(database.url, wire.port),
      applicationName: 'listener-test',
      channel: 'news',
      clock: systemClock,
      longestWaitMs: 10,
    });
    await timed.wait(signal);
    await timed.wait(signal);
    timed.close();
    const stop = new AbortController();
    const waiting = listener.wait(stop.signal);
    stop.abort();
    await waiting;
    await listener.wait(stop.signal);
  });

  it('are no longer waited for after close, which ends the connection', async () => {
    const waiting = listener.wait(signal);
    listener.close();
    await waiting;
    await listener.wait(signal);
    await waitFor('the connection to end', () => wire.open === 0);
  });
});
