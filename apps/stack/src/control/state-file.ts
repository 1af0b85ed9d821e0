import { lstatSync, rmSync } from 'node:fs';
import { readPlainFile } from '@tripod/shared/os/read-plain-file';
import { replaceFile } from '@tripod/shared/os/replace-file';
import { setAside } from '@tripod/shared/os/set-aside';
import type { StartedProcess } from '../supervisor/end-leftovers.ts';

/** What a stack writes down about itself, so that the next start can find what it left running. */
export type StackState = {
  readonly pid: number;
  readonly url: string;
  readonly proxy: string;
  readonly startedAt: string;
  readonly processes: readonly StartedProcess[];
};

const maxBytes = 1_048_576;

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const isProcess = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const { name, pid, start, port, marks } = value as Readonly<Record<string, unknown>>;
  return (
    isText(name) &&
    isText(start) &&
    Number.isInteger(pid) &&
    // 0 and 1 stand for a process group and for init.
    Number(pid) > 1 &&
    (port === undefined || Number.isInteger(port)) &&
    Array.isArray(marks) &&
    marks.length > 0 &&
    marks.every(isText)
  );
};

/** Returns undefined when there is no such file or it does not hold the state of a stack. */
export const findStackState = (file: string): StackState | undefined => {
  try {
    const value = JSON.parse(readPlainFile(file, maxBytes)) as Partial<StackState>;
    const isState =
      Number.isInteger(value.pid) && Array.isArray(value.processes) && value.processes.every(isProcess);
    return isState ? (value as StackState) : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Renames a file that does not hold the state of a stack. Returns the sentence to log, or undefined when the file is
 * fine or missing. Throws the error of the system when it can't be renamed.
 */
export const setAsideDamagedState = (file: string): string | undefined => {
  if (!lstatSync(file, { throwIfNoEntry: false }) || findStackState(file)) return undefined;
  const aside = setAside(file);
  return `The state file ${file} is damaged and was renamed to ${aside}; a process of a killed stack may still run.`;
};

/** Replaces the file atomically. */
export const writeStackState = (file: string, state: StackState): void =>
  replaceFile(file, `${JSON.stringify(state, undefined, 2)}\n`);

export const removeStackState = (file: string): void => rmSync(file, { recursive: true, force: true });
