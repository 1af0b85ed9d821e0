import type { Case } from './case.ts';

/** Returns a case for a request that the proxy refuses before any upstream sees it, and then closes the connection. */
export const refused = (
  rule: string,
  send: string,
  status = 400,
  code = 'REQUEST_INVALID',
  more: Partial<Case> = {},
): Case => ({
  rule,
  send,
  expect: { status, connection: 'closes', upstream: { requests: 0 } },
  ours: { code },
  ...more,
});
