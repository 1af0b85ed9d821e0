import { isLocalShortage } from '../health/local-shortage.ts';
import type { AttemptFailure } from './retry.ts';

/** Why a connection to an upstream could not be made. Without an error it was closed while it was being made. */
export const connectFailureOf = (error: NodeJS.ErrnoException | undefined): AttemptFailure => {
  if (isLocalShortage(error?.code)) return 'shortage';
  return error?.code === 'ETIMEDOUT' ? 'connect-timeout' : 'refused';
};

const connectFailures: ReadonlySet<AttemptFailure> = new Set(['refused', 'shortage', 'connect-timeout']);

/** Whether the attempt failed before a connection was made, so that nothing of the request was sent. */
export const isConnectFailure = (failure: AttemptFailure): boolean => connectFailures.has(failure);
