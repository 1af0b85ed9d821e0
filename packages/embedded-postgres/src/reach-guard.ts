import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connectToGuard } from './guard-connection.ts';
import { type GuardReport, lockTakenExitCode, onMessages, sendMessage } from './guard-protocol.ts';
import type { Layout } from './layout.ts';
import { logSize, summarizeLog } from './log-file.ts';
import { type SpawnedGuard, spawnGuard } from './spawn-guard.ts';
import { findState } from './state-file.ts';

const pollMs = 25;
// An ending guard may have 30 s of writing to disk before it.
const lockTimeoutMs = 45_000;
const greetingTimeoutMs = 10_000;

export type Ready = Extract<GuardReport, { type: 'ready' }>;

/** A place among the guard's users, held for as long as the socket is open. */
export type Seat = { readonly socket: Socket; readonly ready: Ready; readonly startedHere: boolean };

export type SeatEvents = {
  readonly onProgress: (message: string) => void;
  /** The connection is gone; with a message when the guard said that this is for good. */
  readonly onClose: (lastWords: string | undefined) => void;
};

/**
 * Joins the running guard, or starts one. Of several that start at once one gets the lock, and the others' starters join
 * it; one that meets an ending guard waits for its lock. Throws one sentence when no database comes of it.
 */
export const takeSeat = async (layout: Layout, events: SeatEvents): Promise<Seat> => {
  const deadlineMs = performance.now() + lockTimeoutMs;
  let spawned: SpawnedGuard | undefined;
  let logStart = 0;
  for (;;) {
    const socket = await connectToGuard(layout);
    if (socket) {
      const seat = await sitDown(socket, { layout, events, spawnedPid: spawned?.pid });
      if (seat) return seat;
    }
    const exitCode = spawned?.exitCode();
    if (exitCode !== undefined && exitCode !== 0 && exitCode !== lockTakenExitCode) {
      const gist = summarizeLog(layout.logFile, logStart);
      throw new Error(`The database's guard does not start: ${gist}. Its log is ${layout.logFile}.`);
    }
    if (performance.now() > deadlineMs) throw new Error(describeSilence(layout));
    if (!spawned || exitCode !== undefined) {
      // After the lock was found taken: not at once again.
      if (spawned) await delay(4 * pollMs);
      logStart = logSize(layout.logFile);
      spawned = spawnGuard(layout);
    }
    await delay(pollMs);
  }
};

/** Waits for the database to be ready; undefined when the guard closes before (it was ending, or was killed). */
const sitDown = (
  socket: Socket,
  {
    layout,
    events,
    spawnedPid,
  }: { readonly layout: Layout; readonly events: SeatEvents; readonly spawnedPid: number | undefined },
): Promise<Seat | undefined> =>
  new Promise((resolve, reject) => {
    let isSeated = false;
    let lastWords: string | undefined;
    // Who joins is greeted at once; after that a large database may take its time to recover.
    socket.setTimeout(greetingTimeoutMs, () => {
      lastWords = describeSilence(layout);
      socket.destroy();
    });
    onMessages<GuardReport>(socket, (report) => {
      socket.setTimeout(0);
      if (report.type === 'progress') events.onProgress(report.message);
      if (report.type === 'failed' || report.type === 'stopped') lastWords = report.message;
      if (report.type !== 'ready' || isSeated) return;
      isSeated = true;
      // A user that has nothing else to do may end.
      socket.unref();
      resolve({ socket, ready: report, startedHere: report.guardPid === spawnedPid && !report.adopted });
    });
    socket.once('close', () => {
      if (isSeated) events.onClose(lastWords);
      else if (lastWords === undefined) resolve(undefined);
      else reject(new Error(lastWords));
    });
    sendMessage(socket, { type: 'join' });
  });

const describeSilence = (layout: Layout): string => {
  const pid = findState(layout)?.guardPid;
  const who = pid === undefined ? 'Another process' : `The database's guard (process ${pid})`;
  return `${who} holds ${layout.lockFile} and does not answer: end it, and start again.`;
};
