import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** A process that the stack started, and words of its command line by which it is known again. */
export type StartedProcess = {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly marks: readonly string[];
};

/** What the file says of a stack: whom a next start must not find still there. */
export type StackState = {
  readonly pid: number;
  readonly url: string;
  readonly proxy: string;
  readonly startedAt: string;
  readonly processes: readonly StartedProcess[];
};

/** Undefined when there is no such file, or it is not one of ours. */
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

/** Replaces the file in one step, so that no reader ever finds half of it. */
export const writeStackState = (file: string, state: StackState): void => {
  const next = `${file}.next`;
  writeFileSync(next, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
};

export const removeStackState = (file: string): void => rmSync(file, { force: true });
