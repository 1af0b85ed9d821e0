import type { ChildProcess } from 'node:child_process';
import type { HandleControl } from '../control/control-server.ts';
import type { Stack } from '../stack/stack.ts';
import type { StackDependencies } from '../stack/stack-dependencies.ts';

export type StopRequest = {
  /** Whether a second request of this kind means to kill everything. Default true. */
  readonly repeatKills?: boolean;
  /** Exit code of the process. Default 0. */
  readonly code?: number;
};

/** Begins to stop the stack. `reason` is logged. */
export type RequestStop = (reason: string, request?: StopRequest) => void;

/** The process in which a stack runs, as an argument. */
export type StackHost = {
  readonly dependencies: StackDependencies;
  /** Keeps the process alive and connects signals, and the end of the launcher, to `requestStop`. */
  connect(requestStop: RequestStop): void;
  /** Creates the handler of commands for a stack. */
  createHandler(stack: Stack, requestStop: RequestStop): HandleControl;
  /** The code with which this process will exit when it has nothing left to do. */
  setExitCode(code: number): void;
  /** Writes the buffered output and ends the process. */
  exit(code: number): void;
  /** Runs the same command without `--detach` in another process and session. Its errors go to the file. */
  spawnDetached(errorFile: string): ChildProcess;
  /** Calls back when this process is interrupted. */
  onInterrupt(callback: () => void): void;
};
