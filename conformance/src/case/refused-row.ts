import type { Case } from './case.ts';

/** A request that is refused before any upstream sees it, with the end of the connection. */
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
