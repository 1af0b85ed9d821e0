import { connectFailureOf } from '../connect-failure.ts';
import type { AttemptFailure } from '../retry.ts';

/** Errors of connecting: nothing of the request was sent. */
const connectErrors: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
]);

/** The failure, for the retry rule, of an upstream request that failed before a response head. */
export const failureOf = (error: NodeJS.ErrnoException, connected: boolean): AttemptFailure => {
  const code = error.code ?? '';
  if (!connected || connectErrors.has(code)) return connectFailureOf(error);
  if (code.startsWith('HPE_')) return 'invalid-head';
  return 'broke';
};
