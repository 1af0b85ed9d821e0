import { AppError } from '@tripod/shared/errors/app-error';
import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of operations on shared state. With the state in Postgres, those of the database come as well. */
export const stateErrors = defineErrors({
  API_STATE_UNAVAILABLE: {
    status: 503,
    title: 'The state store is not available',
    meaning:
      'Redis is unreachable, silent, still loading, out of memory or busy. Try again after `Retry-After`. A change whose answer was lost may have happened.',
  },
  API_JOBS_FULL: {
    status: 503,
    title: 'Too many jobs are waiting',
    meaning: 'The queue of jobs is at its limit. Start more workers, or try again after `Retry-After`.',
  },
});

/** 503 with Retry-After. */
export const stateUnavailable = (cause?: unknown): AppError =>
  new AppError(stateErrors.API_STATE_UNAVAILABLE, {
    detail: 'The state store is not available. Try again.',
    headers: { 'Retry-After': '1' },
    ...(cause === undefined ? {} : { cause }),
  });

/** 503 with Retry-After: the job was not added. */
export const jobsFull = (maxWaiting: number): AppError =>
  new AppError(stateErrors.API_JOBS_FULL, {
    detail: `${maxWaiting} jobs are already waiting. The job was not added.`,
    headers: { 'Retry-After': '5' },
  });
