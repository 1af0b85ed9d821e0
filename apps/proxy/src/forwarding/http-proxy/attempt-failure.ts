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
]);

/** What an error of an upstream request, before its response head, means for the retry rule. */
export const failureOf = (error: NodeJS.ErrnoException, connected: boolean): AttemptFailure => {
  const code = error.code ?? '';
  if (!connected) return code === 'ETIMEDOUT' ? 'connect-timeout' : 'refused';
  if (code.startsWith('HPE_')) return 'invalid-head';
  return connectErrors.has(code) ? 'refused' : 'broke';
};
