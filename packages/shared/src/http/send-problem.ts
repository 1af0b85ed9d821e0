import type { IncomingMessage, ServerResponse } from 'node:http';
import { cutResponse } from './cut-response.ts';
import { endAfterRequest } from './end-after-request.ts';
import { renderProblem, toAppError } from './problem.ts';

export type SendProblemOptions = {
  readonly requestId: string;
  /** Spaces of JSON indentation. Default 0. */
  readonly indent?: number;
};

/** Whether bytes of the request's body are still to come (RFC 9112 6.3: no length and no coding means no body). */
const hasUnreadBody = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

/**
 * Answers a request with an error. When the head of another answer was already sent, it resets the connection instead,
 * so that the client can't mistake the part for the whole.
 */
export const sendProblem = (
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  options: SendProblemOptions,
): void => {
  if (response.headersSent) {
    cutResponse(response);
    return;
  }
  const rendered = renderProblem(toAppError(error), { ...options, accept: request.headers.accept });
  for (const name of ['ETag', 'Last-Modified', 'Content-Range', 'Content-Encoding', 'Link']) {
    response.removeHeader(name);
  }
  response.statusCode = rendered.status;
  for (const [name, value] of Object.entries(rendered.headers)) {
    if (name === 'Vary') response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  const body = request.method === 'HEAD' ? '' : rendered.body;
  if (!hasUnreadBody(request) || request.destroyed) {
    response.end(body);
    return;
  }
  // A body that was refused half-way would be read as the next request: the connection must not be used again.
  response.setHeader('Connection', 'close');
  response.write(body);
  endAfterRequest(request, response);
};
