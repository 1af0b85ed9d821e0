import type { Clock } from '@tripod/shared/async/clock';
import { StartError } from '@tripod/shared/errors/start-error';
import type { InjectedFault } from '@tripod/shared/faults/fault';
import type { Task } from '@tripod/shared/process/supervision';
import { type ArmedFaults, type ArmedFaultsOptions, createArmedFaults } from './armed-faults.ts';
import type { Running } from './spawn-process.ts';

/** The faults of one process, and what it tells about its event loop. */
export type ProcessFaults = ArmedFaults & {
  /**
   * Stops it by SIGSTOP until the fault is healed: its connections stay open, and it answers nothing. Throws a
   * StartError when it does not run.
   */
  pause(forMs?: number): void;
  /**
   * Makes the process inject a fault into itself. Resolves when it is armed. Throws a StartError when the process can't
   * inject it, or does not answer.
   */
  inject(fault: InjectedFault, description: string, forMs?: number): Promise<void>;
  /**
   * Returns the longest delay of its event loop in milliseconds since the last call. Undefined for a process that can't
   * be asked and at the first call; null when it does not answer in time.
   */
  measureLoop(timeoutMs: number): Promise<number | null | undefined>;
};

export type ProcessFaultsOptions = ArmedFaultsOptions & {
  readonly name: string;
  readonly clock: Clock;
  /** Undefined while it does not run. */
  readonly running: () => Running | undefined;
  readonly state: () => string;
};

/** How long a process may take to arm or heal a fault. */
const taskTimeoutMs = 5000;
/** A blocked event loop answers late; its answer is the very delay that is asked for. */
const lateAnswerMs = 120_000;

const injectableBy = ({ faults }: Running): string =>
  faults.length === 0 ? 'it can be paused or killed' : `it can ${faults.join(', ')}`;

export const createProcessFaults = (options: ProcessFaultsOptions): ProcessFaults => {
  const { name, clock } = options;
  const armed = createArmedFaults(options);
  let measurement: { readonly running: Running; readonly answer: Promise<unknown> } | undefined;

  const requireReady = (): Running => {
    const running = options.running();
    if (running && options.state() === 'ready') return running;
    throw new StartError(`${name} is ${options.state()}; only a process that is ready can get a fault.`);
  };
  const sendTask = async (running: Running, task: Task): Promise<void> => {
    try {
      await running.sendTask(task, taskTimeoutMs);
    } catch (error) {
      throw new StartError(`${name}: ${error instanceof Error ? error.message : error}`, error);
    }
  };
  /** Resolves with null when the answer takes longer. The next call then gets the same answer. */
  const within = (timeoutMs: number, answer: Promise<unknown>): Promise<number | null | undefined> =>
    new Promise((resolve) => {
      let isLate = false;
      const timer = clock.after(timeoutMs, () => {
        isLate = true;
        resolve(null);
      });
      const settle = (value: number | null | undefined): void => {
        // A late answer is kept for the next call.
        if (isLate) return;
        timer.cancel();
        measurement = undefined;
        resolve(value);
      };
      answer.then(
        (value) => settle(value as number | undefined),
        () => settle(null),
      );
    });

  return {
    get description() {
      return armed.description;
    },
    has: armed.has,
    arm: armed.arm,
    heal: armed.heal,
    forget: armed.forget,
    pause(forMs) {
      const running = requireReady();
      running.pause();
      armed.arm({ kind: 'pause', description: 'paused', heal: () => running.resume() }, forMs);
    },
    async inject(fault, description, forMs) {
      const running = requireReady();
      const { kind } = fault;
      if (!running.faults.includes(kind)) {
        throw new StartError(
          `${name} cannot inject the fault ${kind} into itself; ${injectableBy(running)}.`,
        );
      }
      if (armed.has('pause')) throw new StartError(`${name} is paused; first: pnpm stack resume ${name}`);
      await sendTask(running, { kind: 'inject', fault });
      // The process may have ended meanwhile.
      if (options.running() !== running) throw new StartError(`${name} has ended.`);
      const heal = kind === 'block' ? undefined : () => sendTask(running, { kind: 'heal', fault: kind });
      armed.arm({ kind, description, heal }, forMs);
    },
    async measureLoop(timeoutMs) {
      const running = options.running();
      if (!running || running.faults.length === 0) return undefined;
      if (measurement?.running !== running) {
        measurement = { running, answer: running.sendTask({ kind: 'measure-loop' }, lateAnswerMs) };
      }
      return within(timeoutMs, measurement.answer);
    },
  };
};
