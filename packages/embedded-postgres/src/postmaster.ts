import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess, listProcesses, type RunningProcess, sendSignal } from '@tripod/shared/os/process-table';

/** What a postmaster writes about itself into its data folder. */
export type PostmasterRecord = {
  readonly pid: number;
  readonly port: number;
  readonly status: 'starting' | 'stopping' | 'ready' | 'standby' | 'unknown';
};

const pollMs = 25;

export const findRecord = (dataDir: string): PostmasterRecord | undefined => {
  try {
    // pid, data folder, start time, port, socket folder, address, shared memory, status
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    const status = (lines[7]?.trim() || 'unknown') as PostmasterRecord['status'];
    return { pid: Number(lines[0]), port: Number(lines[3]), status };
  } catch {
    return undefined;
  }
};

/** The name in the titles of a cluster's processes (`postgres: NAME: checkpointer`). */
export const clusterName = (key: string): string => `tripod-${key}`;

/**
 * Finds the record of a postmaster that really runs on this data. The pid in the file may belong to another program,
 * so the command line must name the folder.
 */
export const findPostmaster = (dataDir: string): PostmasterRecord | undefined => {
  const record = findRecord(dataDir);
  if (!record || !Number.isInteger(record.pid) || record.pid <= 1) return undefined;
  const command = findProcess(record.pid)?.command;
  return command?.includes(`postgres -D ${dataDir} -p `) ? record : undefined;
};

type FindPid = () => number | undefined;

/** Waits until the process is gone, at most `timeoutMs`; returns whether it is. */
const untilGone = async (findPid: FindPid, timeoutMs: number): Promise<boolean> => {
  const deadlineMs = performance.now() + timeoutMs;
  while (findPid() !== undefined) {
    if (performance.now() > deadlineMs) return false;
    await delay(pollMs);
  }
  return true;
};

/**
 * Stops a postmaster: first by a fast shutdown, which disconnects clients and writes everything, then by stronger
 * signals, after which the write-ahead log repairs the data. `findPid` finds the process, by default by its record:
 * one that has just started has no record yet.
 */
export const stopPostmaster = async (
  dataDir: string,
  findPid: FindPid = () => findPostmaster(dataDir)?.pid,
): Promise<void> => {
  const steps = [
    ['SIGINT', 30_000],
    // It gives its children 5 s before it kills them.
    ['SIGQUIT', 8000],
    ['SIGKILL', 5000],
  ] as const;
  for (const [signal, timeoutMs] of steps) {
    const pid = findPid();
    if (pid === undefined) return;
    sendSignal(pid, signal);
    // A process stopped by SIGSTOP would not handle the signal.
    sendSignal(pid, 'SIGCONT');
    if (await untilGone(findPid, timeoutMs)) return;
  }
  throw new Error(`Postgres on ${dataDir} does not end, not even by SIGKILL: end it, and start again.`);
};

/**
 * Removes what a postmaster killed by SIGKILL leaves: its children, which run until their queries end, and the pid in
 * its file, which may belong to another program or a zombie by now. Call it only while no postmaster runs.
 */
export const sweepRemains = async (dataDir: string, key: string, ownerUid: number): Promise<void> => {
  const title = `postgres: ${clusterName(key)}: `;
  // A child that was just forked has the command line of the postmaster.
  const isLeft = ({ uid, command }: RunningProcess): boolean =>
    uid === ownerUid && (command.startsWith(title) || command.includes(`postgres -D ${dataDir} -p `));
  const deadlineMs = performance.now() + 5000;
  for (;;) {
    const left = listProcesses().filter(isLeft);
    if (left.length === 0) break;
    if (performance.now() > deadlineMs) {
      const pids = left.map(({ pid }) => pid).join(', ');
      throw new Error(`Processes of an earlier Postgres do not end (${pids}): end them, and start again.`);
    }
    for (const { pid } of left) sendSignal(pid, 'SIGKILL');
    await delay(pollMs);
  }
  disownRecord(dataDir);
};

/** Writes in place: a file that was emptied first might get no room again on a full disk. */
const overwrite = (file: string, text: string): void => {
  const descriptor = openSync(file, 'r+');
  try {
    ftruncateSync(descriptor, writeSync(descriptor, text, 0));
  } finally {
    closeSync(descriptor);
  }
};

/**
 * Postgres treats a record that names its own parent as stale, and still checks the shared memory named in it for
 * other users. So the record gets the pid of this process. It is deleted only when it is damaged.
 */
const disownRecord = (dataDir: string): void => {
  const file = join(dataDir, 'postmaster.pid');
  const record = findRecord(dataDir);
  if (!record) return;
  if (!Number.isInteger(record.pid) || record.pid <= 0 || !Number.isInteger(record.port)) rmSync(file);
  else overwrite(file, readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid)));
};
