import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../logging/logger.ts';
import { requestIdFor } from './observe-requests.ts';
import { toAppError } from './problem.ts';
import { sendProblem } from './send-problem.ts';

export type ErrorHandlerOptions = {
  readonly logger: Logger;
  /** Spaces of JSON indentation for this request's error. Default 0. */
  readonly indentOf?: (request: IncomingMessage) => number;
  /** Gives errors of libraries their code; returns undefined for those it does not know. */
  readonly translate?: (error: unknown) => unknown;
};

/**
 * Creates Express's error middleware, the only place that turns a failure into an answer. A 5xx exposes no internals;
 * the log has the cause under the same request id.
 */
export const errorHandler = ({ logger, indentOf = () => 0, translate }: ErrorHandlerOptions) =>
  function handleError(
    error: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    // Express recognises error middleware by its four parameters.
    _next: (error?: unknown) => void,
  ): void {
    const appError = toAppError(translate?.(error) ?? error);
    const requestId = requestIdFor(response);
    if (appError.status >= 500) {
      logger.error(appError.message, { requestId, code: appError.code, cause: appError.cause });
    }
    sendProblem(request, response, appError, { requestId, indent: indentOf(request) });
  };
