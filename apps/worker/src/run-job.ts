import type { Clock, Timer } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { AppError } from '@tripod/shared/errors/app-error';
import type { Logger } from '@tripod/shared/logging/logger';
import { type JobQueue, maxJobTries, maxLostLeases, type TakenJob } from '@tripod/state/store/state-store';
import type { Work } from './work.ts';

export type RunJobOptions = {
  readonly jobs: JobQueue;
  readonly work: Work;
  readonly leaseMs: number;
  /** Called once the effect of a job was recorded. */
  readonly onDone: (jobName: string) => void;
  readonly logger: Logger;
  readonly clock: Clock;
};

/** Pause between two attempts to record the end of a job while the store is unavailable. */
const recordAgainMs = 250;
/** A reason from outside must not fill the records. */
const maxReasonLength = 500;

export const isStoreAway = (error: unknown): boolean => error instanceof AppError && error.status === 503;

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .toWellFormed()
    .replaceAll('\u0000', '')
    .slice(0, maxReasonLength);

/**
 * Runs one job and records how it ended. The lease is renewed while the work goes on. Never throws: a job whose end
 * can't be recorded is taken by another worker once its lease has expired.
 */
export const createRunJob = (options: RunJobOptions): ((job: TakenJob) => Promise<void>) => {
  const { jobs, work, leaseMs, onDone, logger, clock } = options;

  const keepLease = (job: TakenJob): (() => void) => {
    let timer: Timer;
    let ended = false;
    const renewLater = (): void => {
      timer = clock.after(leaseMs / 3, () => {
        // A failed renewal is ignored: recording the end of the job shows whether the lease was lost.
        jobs.renew(job, leaseMs).then(
          (held) => held && !ended && renewLater(),
          () => !ended && renewLater(),
        );
      });
    };
    renewLater();
    return () => {
      ended = true;
      timer.cancel();
    };
  };

  /** Tries as long as the lease may last. Records of a lost lease change nothing, so a repetition does no harm. */
  const record = async <T>(write: () => Promise<T>): Promise<T> => {
    const untilMs = clock.monotonicMs() + leaseMs;
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!isStoreAway(error) || clock.monotonicMs() > untilMs) throw error;
        await pause(clock, recordAgainMs);
      }
    }
  };

  const finish = async (job: TakenJob, failure: { readonly error: unknown } | undefined): Promise<void> => {
    if (failure === undefined) {
      if (await record(() => jobs.complete(job))) onDone(job.name);
      else logger.warn('a job was done too late: its lease was lost', { job: job.name });
      return;
    }
    const reason = reasonOf(failure.error);
    const outcome = await record(() => jobs.fail(job, reason));
    const facts = { job: job.name, try: `${job.failedTries + 1} of ${maxJobTries}`, reason };
    if (outcome === 'failed') logger.error('a job failed for good', facts);
    else
      logger.warn(
        outcome === 'retried' ? 'a job failed, and is tried again' : 'a job failed too late',
        facts,
      );
  };

  /** A job that may be what ends its workers is not given to a further one. */
  const runOnce = async ({ name, lostLeases }: TakenJob): Promise<void> => {
    if (lostLeases >= maxLostLeases) {
      throw new Error(`${lostLeases} workers in a row ended or fell silent while they worked on it`);
    }
    await work(name);
  };

  return async (job) => {
    const releaseLease = keepLease(job);
    let failure: { readonly error: unknown } | undefined;
    try {
      await runOnce(job);
    } catch (error) {
      failure = { error };
    }
    releaseLease();
    try {
      await finish(job, failure);
    } catch (error) {
      logger.error('the end of a job could not be recorded: it is left to other workers', {
        job: job.name,
        error,
      });
    }
  };
};
