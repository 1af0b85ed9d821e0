import type { IncomingMessage, ServerResponse } from 'node:http';

/** Middleware: X-Served-By names the copy that answers, so that the balancing can be seen. */
export const addServerName = (name: () => string | undefined) =>
  function addServedBy(_request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const known = name();
    if (known !== undefined) response.setHeader('X-Served-By', known);
    next();
  };
