import { readFileSync, renameSync, writeFileSync } from 'node:fs';
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

const isState = (value: unknown): value is State => {
  if (typeof value !== 'object' || value === null) return false;
  const { port, password, stateDir, socketPath, guardPid } = value as Record<string, unknown>;
  return (
    Number.isInteger(port) &&
    Number.isInteger(guardPid) &&
    [password, stateDir, socketPath].every((text) => typeof text === 'string' && text !== '')
  );
};

/** Reads the state. A missing or damaged file means that port and password are created again. */
export const findState = (layout: Layout): State | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(layout.stateFile, 'utf8'));
    return isState(value) ? value : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new Error(inaccessibleHomeMessage(layout));
    }
    return undefined;
  }
};

/** Writes the state atomically, readable by its owner only (it holds the password). */
export const writeState = (stateFile: string, state: State): void => {
  const draft = `${stateFile}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, stateFile);
};
