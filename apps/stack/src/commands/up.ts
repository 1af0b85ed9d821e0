import { pause } from '@tripod/shared/async/pause';
import { StartError } from '@tripod/shared/errors/start-error';
import type { UpConfig } from '../settings.ts';
import type { StackDependencies } from '../stack-dependencies.ts';
import { type RunningStack, startStack } from '../start-stack.ts';
import { showReady } from './show-ready.ts';
import { summarizeStart } from './summarize-start.ts';

export type StopWish = {
  /** Whether a second one is a person who insists. Default true. */
  readonly again?: boolean;
  /** What the process ends with. Default 0. */
  readonly code?: number;
};
export type OnStopWanted = (stop: (why: string, wish?: StopWish) => void) => void;

export type UpOptions = {
  readonly config: UpConfig;
  readonly dependencies: StackDependencies;
  /** Given the way to stop, which signals and the end of the launcher use. */
  readonly onStopWanted: OnStopWanted;
  /** Ends this process. */
  readonly exit: (code: number) => void;
};

/** Two signals closer than this are one Ctrl-C, which pnpm passes on a second time. */
const oneSignalMs = 300;
const killedCode = 130;
/** Services gather their lines that long: on a terminal the addresses come after those of the start. */
const gatheredLinesMs = 200;

/** `stack up`: runs until it is stopped. Resolves when all serves; ends the process when all has stopped. */
export const runUp = async ({ config, dependencies, onStopWanted, exit }: UpOptions): Promise<void> => {
  const { clock } = dependencies;
  const startedMs = clock.monotonicMs();
  let running: RunningStack | undefined;
  let stoppingSinceMs: number | undefined;
  const say = (message: string, fields = {}): void => running?.output.event('info', message, fields);

  const stop = (why: string, { again = true, code = 0 }: StopWish = {}): void => {
    if (stoppingSinceMs !== undefined) {
      if (!again || clock.monotonicMs() - stoppingSinceMs < oneSignalMs) return;
      say('again: killing everything');
      running?.stack.killAll();
      exit(killedCode);
      return;
    }
    stoppingSinceMs = clock.monotonicMs();
    if (!running) {
      exit(killedCode);
      return;
    }
    say('stopping', { why });
    running.stop().then(
      () => exit(code),
      (error: unknown) => {
        running?.output.event('error', 'stopping failed', { error });
        exit(1);
      },
    );
  };
  onStopWanted(stop);
  try {
    await startStack({
      config,
      dependencies,
      onDown: () => stop('stack down'),
      onStack: (one) => {
        running = one;
      },
    });
  } catch (error) {
    // What was asked to stop while it started ends by that way.
    if (stoppingSinceMs !== undefined) return;
    throw error instanceof Error ? error : new StartError(String(error));
  }
  const durationMs = clock.monotonicMs() - startedMs;
  const ports = running?.stack.copies.all.map(({ spec }) => spec.port) ?? [];
  const summary = await summarizeStart(ports, clock);
  if (dependencies.lineFormat.format === 'text') await pause(clock, gatheredLinesMs);
  if (running && stoppingSinceMs === undefined) showReady(running, { ...dependencies, durationMs, summary });
};
