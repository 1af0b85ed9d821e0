import type { CliContext, RunningProcess } from '@tripod/shared/process/run-cli';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { WorkerConfig } from './config.ts';
import { openStore } from './open-store.ts';
import { createDemonstrationWork } from './work.ts';
import { startWorker } from './worker.ts';

export type WorkerContext = CliContext & {
  /** Whether the project's own Postgres must not be used. */
  readonly production: boolean;
};

/**
 * A killed worker's job is taken by another one after this time and the next look of an idle worker, 2 s later at most.
 */
const leaseMs = 5000;

/** Names of jobs come from outside, and control characters would act on a terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '\ufffd');

/** While the store is unavailable nothing else would keep the process alive. */
const keepAlive = (): (() => void) => {
  const timer = setInterval(() => undefined, 60_000);
  return () => clearInterval(timer);
};

/**
 * Starts one worker. Each job that is done is a line `processed: NAME` on stdout. Throws a StartError or a ConfigError
 * when it can't start; nothing is left open then.
 */
export const startWorkerService = async (
  config: WorkerConfig,
  context: WorkerContext,
): Promise<RunningProcess> => {
  const { logger, clock, print } = context;
  const undo = createShutdownStack();
  try {
    undo.push('the process', keepAlive());
    const store = await openStore(config, { ...context, undo });
    const { name, concurrency, drainTimeoutMs } = config;
    const worker = startWorker({
      jobs: store.jobs,
      name,
      concurrency,
      drainTimeoutMs,
      leaseMs,
      work: createDemonstrationWork(clock, config.workMs),
      onDone: (job) => print(`processed: ${printable(job)}`),
      logger,
      clock,
    });
    undo.push('the worker', worker.stop);
    logger.info('waiting for jobs', { concurrency });
    return { stop: () => undo.unwind() };
  } catch (error) {
    await undo.unwind();
    throw error;
  }
};
