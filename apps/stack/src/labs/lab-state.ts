import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StartError } from '@tripod/shared/errors/start-error';
import type { ProcessTable } from '@tripod/shared/os/process-table';
import { findStackState } from '../control/state-file.ts';
import { locateState } from '../control/state-folder.ts';
import { checkoutStateDir } from '../definition/stack-settings.ts';
import { defaultLab } from './lab-folder.ts';

const labsFolder = (checkout: string): string => join(checkoutStateDir(checkout), 'labs');

/** The state folder of a lab. That of the default lab is the one of the checkout. */
export const labStateDir = (checkout: string, name: string): string =>
  name === defaultLab ? checkoutStateDir(checkout) : join(labsFolder(checkout), name);

/** The database of a lab in the embedded Postgres, at most 63 bytes long. */
export const labDatabase = (name: string): string =>
  name === defaultLab ? 'postgres' : `tripod_${name.toLowerCase().replace(/[^a-z0-9]/g, '_')}`.slice(-63);

/** Where a lab keeps its rows: a database in the embedded Postgres of a state folder. */
export type LabDatabase = { readonly stateDir: string; readonly database: string };

/**
 * The database of the stack of a state folder. In a folder that belongs to no lab it is that of the named lab, or of
 * the default lab.
 */
export const findLabDatabase = (
  checkout: string,
  {
    stateDir,
    lab = defaultLab,
    userId,
  }: { readonly stateDir: string; readonly lab?: string; readonly userId: number },
): LabDatabase => {
  const real = (folder: string): string => locateState(folder, userId).stateDir;
  return dirname(stateDir) === real(labsFolder(checkout))
    ? { stateDir: checkoutStateDir(checkout), database: labDatabase(basename(stateDir)) }
    : { stateDir, database: labDatabase(lab) };
};

/** The labs of a checkout that ran at some time, by the names of their state folders. */
export const findStartedLabs = (checkout: string): readonly string[] => {
  const folder = labsFolder(checkout);
  return [defaultLab, ...(existsSync(folder) ? readdirSync(folder).sort() : [])];
};

/**
 * The state folder that a command means when it names neither a lab nor a folder: that of the lab that runs, or of the
 * default lab when none does. Throws a StartError that names the labs when several run.
 */
export const findOnlyStateDir = (
  checkout: string,
  { userId, table }: { readonly userId: number; readonly table: ProcessTable },
): string => {
  const running = findStartedLabs(checkout).filter((name) => {
    const state = findStackState(locateState(labStateDir(checkout, name), userId).stateFile);
    return state !== undefined && table.commandOf(state.pid) !== undefined;
  });
  if (running.length > 1) {
    throw new StartError(`Several labs run: ${running.join(', ')}; choose one with --lab.`);
  }
  return labStateDir(checkout, running[0] ?? defaultLab);
};
