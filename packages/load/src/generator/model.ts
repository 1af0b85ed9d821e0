import type { Measurements } from '../measure/measurements.ts';
import type { Scenario, Task } from '../scenario/scenario.ts';
import type { LoadUser } from './load-user.ts';
import type { LoadModel } from './thread-job.ts';

export type ModelOptions = {
  /** The user with this number, which is made when it is asked for the first time. */
  readonly userOf: (number: number) => LoadUser;
  /** The number of this thread, and of all: thread 1 of 4 has the users 1, 5, 9, … */
  readonly thread: number;
  readonly threads: number;
  readonly scenario: Scenario;
  readonly choose: (random: number) => Task;
  readonly measurements: Measurements;
  /** The moment of `performance.now()` at which the run begins. */
  readonly startMs: number;
  /** Aborted at the end of the run. */
  readonly signal: AbortSignal;
};

/** The part of a model that one thread runs. */
export type RunningModel = {
  /** Resolves when the run has been aborted and the last task has ended. */
  readonly ended: Promise<void>;
  /** Goes on with other numbers. The kind of the model stays. */
  change(model: LoadModel): void;
};

/** A promise with its functions. Promise.withResolvers needs Node 22, and the package runs on Node 20. */
export const createEnding = () => {
  let resolve = (): void => undefined;
  let reject = (_error: unknown): void => undefined;
  const ended = new Promise<void>((fulfil, fail) => {
    resolve = fulfil;
    reject = fail;
  });
  return { ended, resolve, reject };
};
