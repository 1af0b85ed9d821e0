import { pause } from '@tripod/shared/async/pause';
import { createRunJob, isStoreAway, type RunJobOptions } from './run-job.ts';

export type WorkerOptions = RunJobOptions & {
  readonly name: string;
  /** How many jobs to run at the same time. */
  readonly concurrency: number;
  /** How long `stop` waits for running jobs. */
  readonly drainTimeoutMs: number;
};

export type Worker = {
  /** Takes no further job. Resolves once the running jobs have ended, or after the drain time-out. */
  stop(): Promise<void>;
};

/** Pause between two attempts to take a job while the store is unavailable. */
const takeAgainMs = 500;

/** Takes and runs jobs until it is stopped. Outages of the store only delay it. */
export const startWorker = (options: WorkerOptions): Worker => {
  const { jobs, name, concurrency, leaseMs, drainTimeoutMs, logger, clock } = options;
  const runJob = createRunJob(options);
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve());
  });

  const runNext = async (): Promise<void> => {
    try {
      const job = await jobs.take(name, leaseMs);
      if (job) await runJob(job);
      else await jobs.waitForJob(stopping.signal);
    } catch (error) {
      // The store itself logs that it is unavailable.
      if (!isStoreAway(error)) logger.warn('no job could be taken; retrying', { error });
      await Promise.race([pause(clock, takeAgainMs), stopped]);
    }
  };
  const runAll = async (): Promise<void> => {
    while (!stopping.signal.aborted) await runNext();
  };
  const loops = Array.from({ length: concurrency }, runAll);
  return {
    stop: async () => {
      stopping.abort();
      const ended = Promise.all(loops).then(() => true);
      if (await Promise.race([ended, pause(clock, drainTimeoutMs).then(() => false)])) return;
      logger.warn('jobs under way are left to other workers', { drainTimeoutMs });
    },
  };
};
