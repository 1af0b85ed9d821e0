import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDeferred } from '@tripod/shared/async/deferred';
import type { GuardReport } from './guard-protocol.ts';
import { GuardUsers } from './guard-users.ts';
import { type StartedPostgres, startGuardedPostgres } from './guarded-cluster.ts';
import type { Layout } from './layout.ts';
import { boundLog, writeLogLine } from './log-file.ts';
import { ensureOwnedFolder } from './owned-folder.ts';
import { stopPostmaster } from './postmaster.ts';
import { findState, writeState } from './state-file.ts';

/**
 * How long Postgres outlives its last user. A single server that is restarted (by a supervisor after 200 ms of
 * backoff, plus the start of Node) finds it still running; a person who stops everything finds it stopped.
 */
const graceMs = 500;
const logCheckMs = 30_000;
// A Postgres that ran for this time had started well, so its crash does not count together with earlier ones.
const steadyMs = 1000;
const maxDelayMs = 5000;

const starting: GuardReport = { type: 'progress', message: 'Starting the database…' };

type EndReason = 'idle' | 'ended' | 'reset' | 'died';

/** Serves users until there are none. Resolves when Postgres has stopped, rejects when it can't be kept running. */
export const runGuard = async (layout: Layout): Promise<void> => {
  let running: StartedPostgres | undefined;
  /** Reports for users that join now. */
  let lastReports: GuardReport[] = [starting];
  let endReason = createDeferred<EndReason>();
  const ending = new AbortController();
  let restarts = 0;
  let graceTimer: NodeJS.Timeout | undefined;
  const end = (reason: 'ended' | 'reset'): void => {
    ending.abort(reason);
    endReason.resolve(reason);
  };
  const awaitUsers = (): void => {
    clearTimeout(graceTimer);
    graceTimer = setTimeout(() => endReason.resolve('idle'), graceMs);
  };
  const users = new GuardUsers({
    onEmpty: awaitUsers,
    onJoin: () => clearTimeout(graceTimer),
    onStop: () => end('reset'),
    greeting: () => lastReports,
    status: () => ({
      type: 'status',
      guardPid: process.pid,
      users: users.count,
      restarts,
      ...(running && { postgresPid: running.pid, port: running.port }),
    }),
  });
  const tell = (report: GuardReport): void => {
    lastReports = report.type === 'progress' ? [...lastReports, report] : [report];
    users.tellAll(report);
  };

  process.on('SIGTERM', () => end('ended'));
  process.on('SIGINT', () => end('ended'));
  const logTimer = setInterval(() => boundLog(layout.logFile), logCheckMs);
  boundLog(layout.logFile);
  await openSocket(layout, users);
  try {
    await serve();
    if (ending.signal.reason === 'reset') {
      tell({ type: 'stopped', message: 'The database was stopped by a reset.' });
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // The message of a system error is not a sentence.
    const sentence = code
      ? `The database can't be kept running (${message}): correct this, or set DATABASE_URL.`
      : message;
    tell({ type: 'failed', message: sentence });
    throw error;
  } finally {
    clearInterval(logTimer);
    clearTimeout(graceTimer);
    await users.close();
    removeSocketFolder(layout);
  }

  async function serve(): Promise<void> {
    let servedBefore: { readonly port: number } | undefined;
    let crashes = 0;
    for (;;) {
      const onProgress = (message: string): void => tell({ type: 'progress', message });
      const isWanted = (): boolean => users.count > 0;
      const options = { layout, onProgress, isWanted, stop: ending.signal };
      running = await startGuardedPostgres({ ...options, ...(servedBefore && { servedBefore }) });
      if (!running) return;
      const { pid, port, password, dataDir, adopted } = running;
      const startedMs = performance.now();
      servedBefore = { port };
      tell({ type: 'ready', port, password, dataDir, guardPid: process.pid, adopted });
      endReason = createDeferred<EndReason>();
      if (ending.signal.aborted) endReason.resolve('ended');
      if (users.count === 0) awaitUsers();
      let hasExited = false;
      void running.exited.then(() => {
        hasExited = true;
        endReason.resolve('died');
      });
      const reason = await endReason.promise;
      running = undefined;
      if (reason !== 'died') {
        lastReports = [starting];
        // Postgres outlives its record when the folder is deleted.
        await stopPostmaster(dataDir, () => (hasExited ? undefined : pid));
        if (ending.signal.aborted || users.count === 0) return;
        continue;
      }
      restarts += 1;
      crashes = performance.now() - startedMs > steadyMs ? 0 : crashes + 1;
      writeLogLine(`Postgres (process ${pid}) ended by itself: starting it again.`);
      lastReports = [];
      onProgress('The database ended unexpectedly and is being started again…');
      if (crashes > 0) await delay(Math.min(maxDelayMs, 100 * 2 ** crashes));
    }
  }
};

/** Opens the socket on which users find this guard. */
const openSocket = async (layout: Layout, users: GuardUsers): Promise<void> => {
  const { home, socketPath, stateDir, stateFile } = layout;
  if (dirname(socketPath) !== home) ensureOwnedFolder(dirname(socketPath), 0o700);
  const state = findState(layout);
  if (state) {
    try {
      writeState(stateFile, { ...state, stateDir, socketPath, guardPid: process.pid });
    } catch (error) {
      // On a full disk users still find the guard when its socket is where the last one was.
      writeLogLine(
        `The state file ${stateFile} can't be written (${(error as NodeJS.ErrnoException).code}).`,
      );
    }
  }
  await users.listen(socketPath);
};

const removeSocketFolder = ({ home, socketPath }: Layout): void => {
  if (dirname(socketPath) !== home) rmSync(dirname(socketPath), { recursive: true, force: true });
};
