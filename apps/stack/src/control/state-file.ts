import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { StartedProcess } from '../supervisor/end-leftovers.ts';

/** What a stack writes down about itself, so that the next start can find what it left running. */
export type StackState = {
  readonly pid: number;
  readonly url: string;
  readonly proxy: string;
  readonly startedAt: string;
  readonly processes: readonly StartedProcess[];
};

/** Returns undefined when there is no such file or it has another format. */
export const findStackState = (file: string): StackState | undefined => {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Partial<StackState>;
    return typeof value.pid === 'number' && Array.isArray(value.processes)
      ? (value as StackState)
      : undefined;
  } catch {
    return undefined;
  }
};

/** Replaces the file atomically. */
export const writeStackState = (file: string, state: StackState): void => {
  const next = `${file}.next`;
  writeFileSync(next, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
};

export const removeStackState = (file: string): void => rmSync(file, { force: true });
