import type { AttemptFailure } from './retry.ts';

/** No descriptor or no port is left on this machine. */
const shortages: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL']);

/** What it means that a connection to an upstream did not come about. */
export const connectFailureOf = (error: NodeJS.ErrnoException | undefined): AttemptFailure => {
  const code = error?.code ?? '';
  if (shortages.has(code)) return 'shortage';
  return code === 'ETIMEDOUT' ? 'connect-timeout' : 'refused';
};

const connectFailures: ReadonlySet<AttemptFailure> = new Set(['refused', 'shortage', 'connect-timeout']);

/** Whether the attempt failed before a connection came about: nothing of the request was sent. */
export const isConnectFailure = (failure: AttemptFailure): boolean => connectFailures.has(failure);
