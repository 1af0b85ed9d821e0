import type { IncomingMessage, ServerResponse } from 'node:http';

/** Middleware: says which copy answers, so that a person can see the balancing. */
export const nameServer = (name: () => string | undefined) =>
  function tellServerName(_request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const known = name();
    if (known !== undefined) response.setHeader('X-Served-By', known);
    next();
  };
