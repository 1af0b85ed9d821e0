import { randomUUID } from 'node:crypto';

/** Ids from outside are kept only when they can't break a log line or a header. */
const acceptable = /^[\w.-]{8,64}$/;

/** Random, to distinguish processes. The number after it distinguishes the requests of this process. */
const processPart = randomUUID().slice(0, 18);
let count = 0;

const newRequestId = (): string => {
  count += 1;
  return `${processPart}-${count}`;
};

/** Returns the client's `X-Request-Id` if it is 8 to 64 letters, digits, `.`, `_` or `-`; otherwise a new id. */
export const requestIdOf = (header: string | readonly string[] | undefined): string =>
  typeof header === 'string' && acceptable.test(header) ? header : newRequestId();
