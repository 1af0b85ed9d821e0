import { randomUUID } from 'node:crypto';

/** Ids from outside are kept only when they can't break a log line or a header. */
const acceptable = /^[\w.-]{8,64}$/;

/** Tells the processes apart; the number behind it, the requests of this one. */
const processPart = randomUUID().slice(0, 18);
let count = 0;

const newRequestId = (): string => {
  count += 1;
  return `${processPart}-${count}`;
};

/** The request's own `X-Request-Id` when it is 8 to 64 of letters, digits, `.`, `_` and `-`; otherwise a new one. */
export const requestIdOf = (header: string | readonly string[] | undefined): string =>
  typeof header === 'string' && acceptable.test(header) ? header : newRequestId();
