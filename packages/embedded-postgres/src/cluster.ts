import { randomUUID } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess, listProcesses, listProcessTree, sendSignal } from '@tripod/shared/os/process-table';
import { readPlainFile } from '@tripod/shared/os/read-plain-file';
import type { Binaries } from './binaries.ts';
import type { Identity } from './identity.ts';
import type { Layout } from './layout.ts';
import { ensureOwnedFolder, foreignPathMessage } from './owned-folder.ts';
import { runProgram } from './run-program.ts';

const superuser = 'postgres';
const maxVersionBytes = 64;
const pollMs = 25;
/** How long a killed initdb may take to end. */
const maxEndMs = 5000;

const isInitialised = (dataDir: string): boolean => existsSync(join(dataDir, 'PG_VERSION'));

/** Finds the data of this state folder; undefined before the first start. */
export const findDataDir = (layout: Layout): string | undefined =>
  [layout.dataDir, join(layout.outsideDir, 'data')].find(isInitialised);

/** Chooses the folder for new data: in the state folder, unless that user may not enter a folder above it. */
export const chooseDataDir = async (layout: Layout, identity: Identity): Promise<string> => {
  if (identity.uid === undefined) return layout.dataDir;
  try {
    await runProgram('/bin/sh', ['-c', 'cd "$0"', layout.home], { identity });
    return layout.dataDir;
  } catch {
    ensureOwnedFolder(layout.outsideDir, 0o711);
    return join(layout.outsideDir, 'data');
  }
};

const writePasswordFile = (file: string, password: string, identity: Identity): void => {
  writeFileSync(file, `${password}\n`, { mode: 0o600, flag: 'wx' });
  giveTo(file, identity);
};

const giveTo = (path: string, { uid, gid }: Identity): void => {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
};

type DataOptions = {
  readonly binaries: Binaries;
  readonly identity: Identity;
  readonly password: string;
  /** Kills the running program. Its unfinished work does no harm. */
  readonly stop?: AbortSignal;
};

/**
 * Creates the data under another name and renames it when it is complete, so that a killed initdb leaves nothing that
 * looks like data. initdb itself syncs it to disk.
 */
export const initialiseData = async (
  dataDir: string,
  { binaries, identity, password, sync, stop }: DataOptions & { readonly sync: boolean },
): Promise<void> => {
  const parent = dirname(dataDir);
  const draft = join(parent, `draft-${randomUUID()}`);
  const passwordFile = `${draft}-password`;
  mkdirSync(draft, { mode: 0o700 });
  giveTo(draft, identity);
  writePasswordFile(passwordFile, password, identity);
  try {
    await runProgram(
      binaries.initdb,
      [
        `--pgdata=${draft}`,
        '--encoding=UTF8',
        '--locale=C',
        '--auth=scram-sha-256',
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        ...(sync ? [] : ['--no-sync']),
      ],
      { identity, ...(stop && { stop }) },
    );
    renameSync(draft, dataDir);
  } catch (error) {
    throw new Error(describeInitFailure(error as Error, dataDir));
  } finally {
    rmSync(passwordFile, { force: true });
    await removeDrafts(parent);
  }
};

/** A process that was started just before its parent was killed may still create files: then it is tried again. */
const removeFolder = async (folder: string, deadlineMs: number): Promise<void> => {
  for (;;) {
    try {
      rmSync(folder, { recursive: true, force: true });
      if (!existsSync(folder)) return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
    }
    if (performance.now() > deadlineMs) return;
    await delay(pollMs);
  }
};

/** Removes what an initdb left whose guard was killed, and ends that initdb if it still runs. */
export const removeDrafts = async (parent: string): Promise<void> => {
  if (!existsSync(parent)) return;
  const prefix = join(parent, 'draft-');
  const initdbs = listProcesses().filter(({ command }) => command.includes(`initdb --pgdata=${prefix}`));
  // With its children, which would go on creating files below the draft.
  const pids = listProcessTree(initdbs.map(({ pid }) => pid));
  for (const pid of pids) sendSignal(pid, 'SIGKILL');
  const deadlineMs = performance.now() + maxEndMs;
  while (pids.some((pid) => findProcess(pid)) && performance.now() < deadlineMs) await delay(pollMs);
  for (const name of readdirSync(parent)) {
    if (!name.startsWith('draft-')) continue;
    await removeFolder(join(parent, name), deadlineMs);
  }
};

const describeInitFailure = (error: Error, dataDir: string): string => {
  if (error.message.includes('could not look up effective user ID')) {
    return (
      `This user (id ${process.getuid?.()}) has no name in /etc/passwd, and Postgres needs one to create a database: ` +
      'run as a user with a name, or set DATABASE_URL.'
    );
  }
  const lines = error.message.split('\n');
  const firstError = lines.find((line) => /error|fatal/i.test(line)) ?? lines[0];
  return `The database could not be created in ${dataDir}: ${firstError}.`;
};

/** Throws a sentence when a folder for new data is not empty: what it holds must not be lost. */
export const checkUnused = (dataDir: string): void => {
  if (!existsSync(dataDir) || (statSync(dataDir).isDirectory() && readdirSync(dataDir).length === 0)) return;
  throw new Error(
    `${dataDir} is not empty and holds no database (its file PG_VERSION is missing): move it away to start with an empty database, or set DATABASE_URL.`,
  );
};

/** Throws a sentence when the data belongs to another user or another major version of Postgres. */
export const checkData = (dataDir: string, binaries: Binaries, identity: Identity): void => {
  const owner = statSync(dataDir).uid;
  if (owner !== (identity.uid ?? process.getuid?.())) throw new Error(foreignPathMessage(dataDir, owner));
  const major = Number.parseInt(readPlainFile(join(dataDir, 'PG_VERSION'), maxVersionBytes), 10);
  if (Number.isNaN(major)) {
    throw new Error(
      `The data in ${dataDir} is damaged (its file PG_VERSION holds no version): move the folder away to start with an empty database, or set DATABASE_URL.`,
    );
  }
  if (major !== binaries.major) {
    throw new Error(
      `The data in ${dataDir} was created by Postgres ${major}, and this is Postgres ${binaries.major}: move the folder away to start with an empty database, or set DATABASE_URL.`,
    );
  }
};

/**
 * Gives the data a new password without a running server, for the case that the state file was lost and the data was
 * not.
 */
export const replacePassword = async (
  dataDir: string,
  { binaries, identity, password, stop }: DataOptions,
): Promise<void> => {
  // By stdin, because other users can read argv.
  const input = `ALTER ROLE ${superuser} PASSWORD '${password}'\n`;
  await runProgram(binaries.postgres, ['--single', '-D', dataDir, '-c', 'log_statement=none', 'postgres'], {
    identity,
    input,
    ...(stop && { stop }),
  });
};

/** The address of a database on a running cluster. */
export const databaseUrl = (port: number, password: string, database = 'postgres'): string =>
  `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`;
