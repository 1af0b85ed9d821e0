import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { findEmbeddedPostgres } from './find-embedded-postgres.ts';
import { connectToGuard } from './guard-connection.ts';
import { lockTakenExitCode, sendMessage } from './guard-protocol.ts';
import { createLayout, type Layout } from './layout.ts';
import { logSize, summarizeLog } from './log-file.ts';
import { spawnGuard } from './spawn-guard.ts';

const pollMs = 25;
const timeoutMs = 45_000;

export type ResetOptions = {
  readonly stateDir: string;
  /** Stops a Postgres in use first. Its users are informed and do not start it again. Default false. */
  readonly force?: boolean;
};

/**
 * Deletes the data of a state folder, so that the next join starts with an empty database. Throws a sentence while it
 * is in use.
 */
export const resetEmbeddedPostgres = async ({ stateDir, force = false }: ResetOptions): Promise<void> => {
  const layout = createLayout(stateDir);
  const { users, guardPid } = await findEmbeddedPostgres({ stateDir });
  if (users > 0 && !force) {
    throw new Error(
      `The database in ${layout.home} is in use by ${users} ${users === 1 ? 'process' : 'processes'}: stop what uses it first, or reset it by force.`,
    );
  }
  if (guardPid !== undefined) await stopGuard(layout);
  await emptyUnderLock(layout);
};

const stopGuard = async (layout: Layout): Promise<void> => {
  const socket = await connectToGuard(layout);
  if (!socket) return;
  sendMessage(socket, { type: 'stop' });
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
};

/**
 * Empties the data in a process that has the guard's lock, so that no guard can start meanwhile. Waits for an ending
 * guard.
 */
const emptyUnderLock = async (layout: Layout): Promise<void> => {
  const deadlineMs = performance.now() + timeoutMs;
  const logStart = logSize(layout.logFile);
  for (;;) {
    const { exitCode } = spawnGuard(layout, 'empty');
    while (exitCode() === undefined) await delay(pollMs);
    if (exitCode() === 0) return;
    if (exitCode() !== lockTakenExitCode) {
      throw new Error(`The database could not be emptied: ${summarizeLog(layout.logFile, logStart)}.`);
    }
    if (performance.now() > deadlineMs) {
      throw new Error(
        `The database in ${layout.home} was started again meanwhile: stop what uses it, and reset it again.`,
      );
    }
    await delay(4 * pollMs);
  }
};
