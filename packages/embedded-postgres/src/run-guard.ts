import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { GuardReport } from './guard-protocol.ts';
import { GuardUsers } from './guard-users.ts';
import { type StartedPostgres, startGuardedPostgres } from './guarded-cluster.ts';
import type { Layout } from './layout.ts';
import { boundLog } from './log-file.ts';
import { ensureOwnedFolder } from './owned-folder.ts';
import { stopPostmaster } from './postmaster.ts';
import { findState, writeState } from './state-file.ts';

/**
 * How long Postgres outlives its last user. A lone server that is restarted (by a supervisor after 200 ms of backoff, plus
 * the start of Node) meets it still running; a person who ends everything and looks again finds it gone.
 */
const graceMs = 500;
const logCheckMs = 30_000;
// A Postgres that lived this long did start well, so its end is not counted with those before.
const steadyMs = 1000;
const maxDelayMs = 5000;

const starting: GuardReport = { type: 'progress', message: 'Starting the database…' };

type Wish = 'idle' | 'ended' | 'reset' | 'died';

/** Serves users until there are none; resolves when Postgres is stopped, rejects when it can't be kept running. */
export const runGuard = async (layout: Layout): Promise<void> => {
  let running: StartedPostgres | undefined;
  /** What one who joins now has missed. */
  let told: GuardReport[] = [starting];
  let wish = Promise.withResolvers<Wish>();
  const ending = new AbortController();
  let restarts = 0;
  let graceTimer: NodeJS.Timeout | undefined;
  const end = (reason: 'ended' | 'reset'): void => {
    ending.abort(reason);
    wish.resolve(reason);
  };
  const awaitUsers = (): void => {
    clearTimeout(graceTimer);
    graceTimer = setTimeout(() => wish.resolve('idle'), graceMs);
  };
  const users = new GuardUsers({
    onEmpty: awaitUsers,
    onJoin: () => clearTimeout(graceTimer),
    onStop: () => end('reset'),
    greeting: () => told,
    status: () => ({
      type: 'status',
      guardPid: process.pid,
      users: users.count,
      restarts,
      ...(running && { postgresPid: running.pid, port: running.port }),
    }),
  });
  const tell = (report: GuardReport): void => {
    told = report.type === 'progress' ? [...told, report] : [report];
    users.tellAll(report);
  };

  process.on('SIGTERM', () => end('ended'));
  process.on('SIGINT', () => end('ended'));
  const logTimer = setInterval(() => boundLog(layout.logFile), logCheckMs);
  boundLog(layout.logFile);
  await openDoor(layout, users);
  try {
    await serve();
    if (ending.signal.reason === 'reset') {
      tell({ type: 'stopped', message: 'The database was stopped by a reset.' });
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A system's error is no sentence.
    const sentence = code
      ? `The database can't be kept running (${message}): set DATABASE_URL meanwhile.`
      : message;
    tell({ type: 'failed', message: sentence });
    throw error;
  } finally {
    clearInterval(logTimer);
    clearTimeout(graceTimer);
    await users.close();
    removeDoor(layout);
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
      wish = Promise.withResolvers<Wish>();
      if (ending.signal.aborted) wish.resolve('ended');
      if (users.count === 0) awaitUsers();
      let hasExited = false;
      void running.exited.then(() => {
        hasExited = true;
        wish.resolve('died');
      });
      const reason = await wish.promise;
      running = undefined;
      if (reason !== 'died') {
        told = [starting];
        // It outlives its record when somebody deletes the folder.
        await stopPostmaster(dataDir, () => (hasExited ? undefined : pid));
        if (ending.signal.aborted || users.count === 0) return;
        continue;
      }
      restarts += 1;
      crashes = performance.now() - startedMs > steadyMs ? 0 : crashes + 1;
      console.error(`Postgres (process ${pid}) ended by itself: starting it again.`);
      told = [];
      onProgress('The database ended unexpectedly and is being started again…');
      if (crashes > 0) await delay(Math.min(maxDelayMs, 100 * 2 ** crashes));
    }
  }
};

/** Makes this guard the one that users find. */
const openDoor = async (layout: Layout, users: GuardUsers): Promise<void> => {
  const { home, socketPath, stateDir, stateFile } = layout;
  if (dirname(socketPath) !== home) ensureOwnedFolder(dirname(socketPath), 0o700);
  const state = findState(layout);
  if (state) writeState(stateFile, { ...state, stateDir, socketPath, guardPid: process.pid });
  await users.listen(socketPath);
};

const removeDoor = ({ home, socketPath }: Layout): void => {
  if (dirname(socketPath) !== home) rmSync(dirname(socketPath), { recursive: true, force: true });
};
