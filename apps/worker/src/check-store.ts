import { StartError } from '@tripod/shared/errors/start-error';
import type { CliContext } from '@tripod/shared/process/run-cli';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { WorkerConfig } from './config.ts';
import { openStore } from './open-store.ts';

/** The commands beside the worker itself, with their descriptions. */
export const workerCommands = {
  healthcheck: 'Asks the store for its jobs, and exits: 0 when it answers, 1 when not',
} as const;

/**
 * Checks that a worker with these settings can reach its jobs. A worker does not listen, so that its process is watched
 * by the engine that runs it. Throws a StartError with the reason.
 */
export const checkStore = async (
  config: WorkerConfig,
  context: Pick<CliContext, 'logger' | 'clock'> & { readonly production: boolean },
): Promise<void> => {
  const undo = createShutdownStack();
  try {
    const store = await openStore(config, { ...context, undo });
    await store.jobs.counts();
  } catch (error) {
    throw error instanceof Error && error.name === 'AppError'
      ? new StartError(`The store of the jobs does not answer: ${error.message}`)
      : error;
  } finally {
    await undo.unwind();
  }
};
