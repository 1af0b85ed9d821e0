import { connectFailureOf } from '../connect-failure.ts';
import type { AttemptFailure } from '../retry.ts';

/** Errors of connecting: nothing of the request has left this machine. */
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

/** What an error of an upstream request, before its response head, means for the retry rule. */
export const failureOf = (error: NodeJS.ErrnoException, connected: boolean): AttemptFailure => {
  const code = error.code ?? '';
  if (!connected || connectErrors.has(code)) return connectFailureOf(error);
  if (code.startsWith('HPE_')) return 'invalid-head';
  return 'broke';
};
