import { lstatSync } from 'node:fs';
import { readPlainFile } from '@tripod/shared/os/read-plain-file';
import { replaceFile } from '@tripod/shared/os/replace-file';
import { setAside } from '@tripod/shared/os/set-aside';
import type { Layout } from './layout.ts';
import { inaccessibleHomeMessage } from './owned-folder.ts';

/** Facts that are kept between starts, and the place of the running guard. */
export type State = {
  readonly port: number;
  readonly password: string;
  /** The folder of this state: a copied checkout contains the file, and must not join the Postgres of the original. */
  readonly stateDir: string;
  readonly socketPath: string;
  readonly guardPid: number;
};

const maxBytes = 65_536;

/** 0 before the first port is chosen; Postgres runs as a user who can't listen below 1024. */
const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && (value === 0 || (Number(value) >= 1024 && Number(value) <= 65_535));

const isState = (value: unknown): value is State => {
  if (typeof value !== 'object' || value === null) return false;
  const { port, password, stateDir, socketPath, guardPid } = value as Record<string, unknown>;
  return (
    isPort(port) &&
    Number.isInteger(guardPid) &&
    typeof password === 'string' &&
    /^[0-9a-f]+$/.test(password) &&
    [stateDir, socketPath].every((text) => typeof text === 'string' && text !== '')
  );
};

/** Reads the state. A missing or damaged file means that port and password are created again. */
export const findState = (layout: Layout): State | undefined => {
  try {
    const value: unknown = JSON.parse(readPlainFile(layout.stateFile, maxBytes));
    return isState(value) ? value : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new Error(inaccessibleHomeMessage(layout));
    }
    return undefined;
  }
};

/**
 * Renames a state file that does not hold a state. Returns the sentence to report, or undefined when the file is fine
 * or missing.
 */
export const setAsideDamagedState = (layout: Layout): string | undefined => {
  const { stateFile } = layout;
  if (!lstatSync(stateFile, { throwIfNoEntry: false }) || findState(layout)) return undefined;
  const aside = setAside(stateFile);
  return `The state file of the database ${stateFile} is damaged and was renamed to ${aside}; the database gets a new password.`;
};

/** Writes the state atomically, readable by its owner only (it holds the password). */
export const writeState = (stateFile: string, state: State): void =>
  replaceFile(stateFile, `${JSON.stringify(state, null, 2)}\n`);
