import type { StopOrder } from '@tripod/shared/process/supervision';
import type { Exit, SpawnService, StartOptions } from '../../src/supervisor/spawn-service.ts';

/** A process of the test's own: it serves, speaks and dies when the test says so. */
export type FakeProcess = {
  readonly pid: number;
  readonly options: StartOptions;
  readonly orders: readonly StopOrder[];
  readonly killed: boolean;
  ready(): void;
  die(exit?: Partial<Exit>): Promise<void>;
};

/** Starts nothing, and keeps what it was asked to start. */
export const createFakeSpawn = (): { readonly spawn: SpawnService; readonly started: FakeProcess[] } => {
  const started: FakeProcess[] = [];
  const spawn: SpawnService = (options) => {
    const orders: StopOrder[] = [];
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
      orders,
      die,
      get killed() {
        return state.killed;
      },
      ready: () => options.onReady({ type: 'ready', url: 'http://127.0.0.1:1' }),
    });
    return {
      pid,
      exited,
      order: (order) => void orders.push(order),
      kill: () => {
        state.killed = true;
        end({ code: null, signal: 'SIGKILL' });
      },
    };
  };
  return { spawn, started };
};
