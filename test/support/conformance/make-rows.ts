import type { Case, OtherVerdict } from './case.ts';

/** nginx does it in another way. */
export const nginxSays = (says: string, expect: OtherVerdict['expect']): Pick<Case, 'nginx'> => ({
  nginx: { says, expect },
});

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
