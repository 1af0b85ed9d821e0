import type { Exit, SpawnProcess, StartOptions } from '../../src/supervisor/spawn-process.ts';

/** A process that becomes ready, writes lines and dies when the test decides. */
export type FakeProcess = {
  readonly pid: number;
  readonly options: StartOptions;
  /** The drain delays of the requests to stop. */
  readonly stopRequests: readonly number[];
  readonly killed: boolean;
  /** `pause` and `resume`, in the order of the calls. */
  readonly pauses: readonly string[];
  ready(): void;
  die(exit?: Partial<Exit>): Promise<void>;
};

/** Starts nothing and records what it was asked to start. */
export const createFakeSpawn = (): { readonly spawn: SpawnProcess; readonly started: FakeProcess[] } => {
  const started: FakeProcess[] = [];
  const spawn: SpawnProcess = (options) => {
    const stopRequests: number[] = [];
    const pauses: string[] = [];
    let end: (exit: Exit) => void = () => undefined;
    const exited = new Promise<Exit>((resolve) => {
      end = resolve;
    });
    const pid = 1000 + started.length;
    const state = { killed: false };
    const die = async ({ code = 1, signal = null }: Partial<Exit> = {}): Promise<void> => {
      end({ code, signal });
      await exited;
      await new Promise(setImmediate);
    };
    started.push({
      pid,
      options,
      stopRequests,
      pauses,
      die,
      get killed() {
        return state.killed;
      },
      ready: () => options.onReady(),
    });
    return {
      pid,
      exited,
      requestStop: ({ drainDelayMs }) => void stopRequests.push(drainDelayMs),
      faults: [],
      sendTask: () => Promise.reject(new Error('the fake process carries out no tasks')),
      pause: () => void pauses.push('pause'),
      resume: () => void pauses.push('resume'),
      kill: () => {
        state.killed = true;
        end({ code: null, signal: 'SIGKILL' });
      },
    };
  };
  return { spawn, started };
};
