import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Layout } from './layout.ts';
import { shutHomeMessage } from './owned-folder.ts';

/** What is remembered between starts, and where the running guard is found. */
export type State = {
  readonly port: number;
  readonly password: string;
  /** Whose state this is: a copied checkout brings the file along, and must not join the original's Postgres. */
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

/** A missing or damaged file counts as none: port and password are then made anew. */
export const findState = (layout: Layout): State | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(layout.stateFile, 'utf8'));
    return isState(value) ? value : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new Error(shutHomeMessage(layout));
    }
    return undefined;
  }
};

/** Written whole or not at all, readable by its owner alone (it holds the password). */
export const writeState = (stateFile: string, state: State): void => {
  const draft = `${stateFile}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, stateFile);
};
