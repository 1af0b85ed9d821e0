import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

type Next = (error?: unknown) => void;

/** The operational paths win over files of the same names; only as they are spelled, for the proxy hides them so. */
export const serveHealth = (paths: ReadonlyMap<string, RequestListener>) =>
  function answerHealth(request: IncomingMessage, response: ServerResponse, next: Next): void {
    const answer = paths.get((request.url ?? '').split('?', 1)[0] ?? '');
    if (answer) answer(request, response);
    else next();
  };
