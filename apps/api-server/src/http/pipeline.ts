import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Formats } from '../resource/formats.ts';
import { parseIndent, queryOf } from '../resource/indent.ts';
import type { Answer, Operation } from '../resource/operation.ts';
import { createBodyCheck, createPathCheck, createQueryParser } from '../resource/validate.ts';
import { IncomingRequest } from './incoming-request.ts';
import { readJsonBody } from './read-json-body.ts';
import { createSendAnswer, type SendAnswerOptions } from './send-answer.ts';
import { setHeaders } from './standing-headers.ts';

/** What Express calls for an operation. */
export type OperationHandler = (
  message: IncomingMessage & { readonly params: Readonly<Record<string, string>> },
  response: ServerResponse,
  next: (error: unknown) => void,
) => void;

/** The work between the head of a request and its answer: guards, checks of path, query and body, the handler. */
const createRun = (operation: Operation, formats: Formats) => {
  const { guards = [] } = operation;
  const parseQuery = createQueryParser(operation.query, formats);
  const checkPath = createPathCheck(operation.params, formats);
  const checkBody = operation.body && createBodyCheck(operation.body, formats);
  const readParameters = (message: IncomingMessage, request: IncomingRequest): void => {
    checkPath(request.params);
    const query = queryOf(message.url);
    request.indent = parseIndent(query);
    request.query = parseQuery(query);
  };
  // Most requests are GETs without guards: a promise less for each.
  if (guards.length === 0 && checkBody === undefined) {
    return (message: IncomingMessage, request: IncomingRequest) => {
      readParameters(message, request);
      return operation.handle(request);
    };
  }
  return async (message: IncomingMessage, request: IncomingRequest): Promise<Answer> => {
    for (const guard of guards) await guard(request);
    readParameters(message, request);
    if (checkBody) {
      request.body = await readJsonBody(message);
      checkBody(request.body);
    }
    return await operation.handle(request);
  };
};

/**
 * The way of every request through the API: id (observer) → origin and name of the copy (standing headers) → guards →
 * path, query and body → handler → answer → log (observer).
 *
 * The handlers stand in front of all middleware and write each answer in one go: on a busy path, middleware and one
 * setHeader after the other would cost more than the rest. What fails goes to the error handler of the app, with the
 * same headers.
 */
export const createPipeline = ({ observer, standingHeaders, clock }: SendAnswerOptions) => {
  const send = createSendAnswer({ observer, standingHeaders, clock });
  return (operation: Operation, formats: Formats = {}): OperationHandler => {
    const run = createRun(operation, formats);
    return function handleOperation(message, response, next) {
      const observed = observer.begin(message);
      const request = new IncomingRequest(message, message.params, observed.requestId);
      const fail = (error: unknown): void => {
        if (!response.headersSent) {
          observer.watch(observed, response);
          setHeaders(response, standingHeaders(message.headers.origin));
        }
        next(error);
      };
      const answerWith = (answer: Answer): void | Promise<void> =>
        send({ message, response, observed, operation, indent: request.indent }, answer);
      try {
        Promise.resolve(run(message, request)).then(answerWith).catch(fail);
      } catch (error) {
        fail(error);
      }
    };
  };
};
