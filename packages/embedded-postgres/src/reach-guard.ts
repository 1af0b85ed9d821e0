import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connectToGuard } from './guard-connection.ts';
import { type GuardReport, lockTakenExitCode, onMessages, sendMessage } from './guard-protocol.ts';
import type { Layout } from './layout.ts';
import { logSize, summarizeLog } from './log-file.ts';
import { type SpawnedGuard, spawnGuard } from './spawn-guard.ts';
import { findState } from './state-file.ts';

const pollMs = 25;
// A guard that is ending may have 30 s of writing to disk before it.
const lockTimeoutMs = 45_000;
const greetingTimeoutMs = 10_000;

export type Ready = Extract<GuardReport, { type: 'ready' }>;

/** A connection to the guard that counts as a user of the database while its socket is open. */
export type GuardSession = { readonly socket: Socket; readonly ready: Ready; readonly startedHere: boolean };

export type SessionEvents = {
  readonly onProgress: (message: string) => void;
  /** The connection is gone. `finalMessage` is set when the guard said that the database is gone for good. */
  readonly onClose: (finalMessage: string | undefined) => void;
};

/** A signal ended the guard before the database was ready, so its work may be half done. */
export class GuardKilledError extends Error {
  constructor({ logFile }: Layout, pid: number, signal: NodeJS.Signals) {
    super(
      `The database's guard (process ${pid}) was ended by ${signal} before the database was ready: start again. Its log is ${logFile}.`,
    );
    this.name = 'GuardKilledError';
  }
}

/**
 * Joins the running guard, or starts one. When several processes start a guard at once, one guard gets the lock and all
 * of them join it. When a guard is ending, the new one waits for its lock. Throws one sentence when there can be no
 * database.
 */
export const openGuardSession = async (layout: Layout, events: SessionEvents): Promise<GuardSession> => {
  const deadlineMs = performance.now() + lockTimeoutMs;
  let spawned: SpawnedGuard | undefined;
  let logStart = 0;
  for (;;) {
    const socket = await connectToGuard(layout);
    if (socket) {
      const session = await awaitReady(socket, { layout, events, spawnedPid: spawned?.pid });
      if (session) return session;
    }
    const exitCode = spawned?.exitCode();
    const signal = spawned?.signal();
    if (spawned && signal) throw new GuardKilledError(layout, spawned.pid, signal);
    if (exitCode !== undefined && exitCode !== 0 && exitCode !== lockTakenExitCode) {
      const summary = summarizeLog(layout.logFile, logStart);
      throw new Error(`The database's guard does not start: ${summary}. Its log is ${layout.logFile}.`);
    }
    if (performance.now() > deadlineMs) throw new Error(describeSilence(layout));
    if (!spawned || exitCode !== undefined) {
      // The last one found the lock taken: the next one would find it taken too.
      if (spawned) await delay(4 * pollMs);
      logStart = logSize(layout.logFile);
      spawned = spawnGuard(layout);
    }
    await delay(pollMs);
  }
};

/** Waits until the database is ready. Undefined when the guard closes before that: it was ending, or was killed. */
const awaitReady = (
  socket: Socket,
  {
    layout,
    events,
    spawnedPid,
  }: { readonly layout: Layout; readonly events: SessionEvents; readonly spawnedPid: number | undefined },
): Promise<GuardSession | undefined> =>
  new Promise((resolve, reject) => {
    let isReady = false;
    let finalMessage: string | undefined;
    // The guard greets at once. After that, a large database may need a long time to recover.
    socket.setTimeout(greetingTimeoutMs, () => {
      finalMessage = describeSilence(layout);
      socket.destroy();
    });
    onMessages<GuardReport>(socket, (report) => {
      socket.setTimeout(0);
      if (report.type === 'progress') events.onProgress(report.message);
      if (report.type === 'failed' || report.type === 'stopped') finalMessage = report.message;
      if (report.type !== 'ready' || isReady) return;
      isReady = true;
      // The connection does not keep a process alive that has nothing else to do.
      socket.unref();
      resolve({ socket, ready: report, startedHere: report.guardPid === spawnedPid && !report.adopted });
    });
    socket.once('close', () => {
      if (isReady) events.onClose(finalMessage);
      else if (finalMessage === undefined) resolve(undefined);
      else reject(new Error(finalMessage));
    });
    sendMessage(socket, { type: 'join' });
  });

const describeSilence = (layout: Layout): string => {
  const pid = findState(layout)?.guardPid;
  const who = pid === undefined ? 'Another process' : `The database's guard (process ${pid})`;
  return `${who} holds ${layout.lockFile} and does not answer: end it, and start again.`;
};
