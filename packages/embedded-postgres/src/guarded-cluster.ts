import { randomBytes } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { findBinaries } from './binaries.ts';
import {
  checkData,
  checkUnused,
  chooseDataDir,
  findDataDir,
  initialiseData,
  replacePassword,
} from './cluster.ts';
import { findIdentity } from './identity.ts';
import { adoptPostgres, launchPostgres, type RunningPostgres } from './launch-postgres.ts';
import type { Layout } from './layout.ts';
import { logSize, summarizeLog } from './log-file.ts';
import { findFreePort } from './port.ts';
import { clusterName, findPostmaster, stopPostmaster, sweepRemains } from './postmaster.ts';
import { findState, setAsideDamagedState, writeState } from './state-file.ts';

const logFd = 2;
const maxAttempts = 4;
const firstDelayMs = 100;
/** Two segments of the write-ahead log: with less, the recovery of Postgres may fail. */
const neededBytes = 2 * 16 * 1_048_576;
// Enough for more than eight copies with pools of ten, and for psql; the tenth copy would reach the default of 100.
const serverSettings = { max_connections: '200' };

export type StartedPostgres = RunningPostgres & {
  readonly password: string;
  readonly dataDir: string;
  readonly adopted: boolean;
};

type StartOptions = {
  readonly layout: Layout;
  readonly onProgress: (message: string) => void;
  /** Set when users were served before: they need the same port. */
  readonly servedBefore?: { readonly port: number };
  /** Whether users still wait: then a start on a full disk is tried again until there is room. */
  readonly isWanted: () => boolean;
  /** Stops the start at any point. */
  readonly stop: AbortSignal;
};

const isFull = (folder: string): boolean => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < neededBytes;
};

/**
 * Runs Postgres on the data of a state folder: takes over one that runs, otherwise starts one. Resolves with
 * undefined when the start was stopped; then none runs. Throws one sentence.
 */
export const startGuardedPostgres = async (options: StartOptions): Promise<StartedPostgres | undefined> => {
  const { layout, onProgress, stop } = options;
  const damaged = setAsideDamagedState(layout);
  if (damaged !== undefined) onProgress(damaged);
  const state = findState(layout);
  const found = findDataDir(layout);
  if (found && findPostmaster(found)) {
    const adopted = state && (await adoptPostgres(found, stop));
    if (adopted) return { ...adopted, password: state.password, dataDir: found, adopted: true };
    await stopPostmaster(found);
  }
  if (stop.aborted) return undefined;
  const identity = findIdentity(found);
  const binaries = await findBinaries(identity);
  const dataDir = found ?? (await chooseDataDir(layout, identity));
  const password = state?.password ?? randomBytes(24).toString('hex');
  const remember = (port: number): void => {
    const { stateDir, socketPath } = layout;
    // A restart must work on a full disk, so an unchanged state is not written.
    if (state?.stateDir === stateDir && state.port === port && state.guardPid === process.pid) return;
    try {
      writeState(layout.stateFile, { port, password, stateDir, socketPath, guardPid: process.pid });
    } catch (error) {
      // On a full disk the old file serves as well, when only the guard is another one.
      if (state?.stateDir !== stateDir || state.port !== port) throw error;
    }
  };
  try {
    if (found) {
      checkData(dataDir, binaries, identity);
      await sweepRemains(dataDir, layout.key, identity.uid ?? process.getuid?.() ?? 0);
      if (!state) await replacePassword(dataDir, { binaries, identity, password, stop });
    } else {
      checkUnused(dataDir);
      onProgress('Preparing a database for the first time…');
      remember(state?.port ?? 0);
      await initialiseData(dataDir, { binaries, identity, password, sync: true, stop });
    }
  } catch (error) {
    // A program that was killed reports errors of no interest.
    if (stop.aborted) return undefined;
    throw error;
  }
  const launch = async (port: number): Promise<RunningPostgres | undefined> => {
    remember(port);
    return launchPostgres({
      postgres: binaries.postgres,
      identity,
      dataDir,
      port,
      clusterName: clusterName(layout.key),
      settings: serverSettings,
      logFd,
      stop,
    });
  };
  // A copied checkout has a copy of the state, and must not take the port of the original.
  const remembered = state?.stateDir === layout.stateDir ? state.port : 0;
  const running = await launchWithRetries(options, { dataDir, rememberedPort: remembered, launch });
  return running && { ...running, password, dataDir, adopted: false };
};

type Launching = {
  readonly dataDir: string;
  readonly rememberedPort: number;
  readonly launch: (port: number) => Promise<RunningPostgres | undefined>;
};

const launchWithRetries = async (
  { layout, servedBefore, isWanted, stop }: StartOptions,
  { dataDir, rememberedPort, launch }: Launching,
): Promise<RunningPostgres | undefined> => {
  const seed = Number.parseInt(layout.key.slice(0, 6), 16);
  let summary = '';
  let attempt = 0;
  while (attempt < maxAttempts) {
    if (attempt > 0) await delay(firstDelayMs * 2 ** attempt);
    const preferred = rememberedPort === 0 ? [] : [rememberedPort];
    const port = servedBefore?.port ?? (await findFreePort(seed, preferred));
    const logStart = logSize(layout.logFile);
    const wasFull = isFull(dataDir);
    const running = await launch(port);
    if (running) return running;
    if (stop.aborted) return undefined;
    summary = summarizeLog(layout.logFile, logStart);
    // With users waiting on a full disk the attempts go on, at the longest delay, until there is room.
    const goesOn = servedBefore !== undefined && (wasFull || isFull(dataDir)) && isWanted();
    if (!goesOn || attempt < maxAttempts - 1) attempt += 1;
  }
  throw new Error(
    `Postgres does not start: ${summary}. Its log is ${layout.logFile}; set DATABASE_URL to use another Postgres meanwhile.`,
  );
};
