import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@tripod/shared/async/clock';
import { isListedTag } from '@tripod/shared/http/entity-tags';
import type { ObservedRequest, RequestObserver } from '@tripod/shared/http/observe-requests';
import type { Answer, AnswerHeaders, Operation } from '../resource/operation.ts';
import {
  type Representation,
  representationOf,
  type TaggedRepresentation,
  taggedRepresentationOf,
} from '../resource/representation.ts';
import type { StandingHeaders } from './standing-headers.ts';
import { streamChunks } from './stream-chunks.ts';

export type SendAnswerOptions = {
  readonly observer: RequestObserver;
  readonly standingHeaders: StandingHeaders;
  readonly clock: Clock;
};

/** A request that is being answered. */
export type Exchange = {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly observed: ObservedRequest;
  readonly operation: Operation;
  readonly indent: number;
};

/**
 * How long a client of a stream may take nothing. node's own time-out would end the connection in good order, and a
 * stream without a length, as HTTP/1.0 gets it, would look complete: it must be reset.
 */
const stallMs = 30_000;

const flatten = (headers: AnswerHeaders): string[] =>
  Object.entries(headers).flatMap(([name, values]) => [values].flat().flatMap((value) => [name, value]));

/** Whether a client may keep the answer and ask about it again by its entity tag. */
const isStorable = ({ method, cache }: Operation): boolean => method === 'GET' && cache === undefined;

const represent = (text: string, { operation }: Exchange, { status = 200 }: Answer) =>
  isStorable(operation) && status === 200 ? taggedRepresentationOf(text) : representationOf(text);

/** Writes answers: status, headers and body in one write, or a stream; then the log line. */
export const createSendAnswer = ({ observer, standingHeaders, clock }: SendAnswerOptions) => {
  const headOf = ({ message }: Exchange, { headers }: Answer): readonly string[] => {
    const standing = standingHeaders(message.headers.origin);
    return headers === undefined ? standing : [...standing, ...flatten(headers)];
  };

  const sendBody = (
    exchange: Exchange,
    answer: Answer,
    contentType: string,
    representation: Representation | TaggedRepresentation,
  ): void => {
    const { message, response, observed } = exchange;
    const { status = 200 } = answer;
    const head = ['X-Request-Id', observed.requestId, ...headOf(exchange, answer)];
    if ('tag' in representation) {
      head.push('ETag', representation.tag, 'Cache-Control', 'no-cache');
      const known = message.headers['if-none-match'];
      if (known !== undefined && isListedTag(known, representation.tag, 'weak')) {
        response.writeHead(304, head).end();
        observer.end(observed, 304, 0);
        return;
      }
    } else head.push('Cache-Control', 'no-store');
    head.push('Content-Type', contentType, 'Content-Length', String(representation.bytes));
    response.writeHead(status, head);
    const isHead = message.method === 'HEAD';
    if (isHead) response.end();
    else response.end(representation.body, representation.encoding);
    observer.end(observed, status, isHead ? 0 : representation.bytes);
  };

  const sendStream = async (
    exchange: Exchange,
    answer: Answer,
    chunks: AsyncIterable<string | Uint8Array>,
  ): Promise<void> => {
    const { message, response, observed, operation } = exchange;
    const begin = (): void => {
      // It sets the header with the request id, so that the head must not have it a second time.
      observer.watch(observed, response);
      response.writeHead(answer.status ?? 200, [
        ...['Content-Type', 'application/json'],
        ...['Cache-Control', isStorable(operation) ? 'no-cache' : 'no-store'],
        ...headOf(exchange, answer),
      ]);
    };
    if (message.method === 'HEAD') {
      begin();
      response.end();
    } else await streamChunks(response, chunks, begin, { clock, stallMs });
  };

  const sendEmpty = (exchange: Exchange, answer: Answer): void => {
    const { response, observed } = exchange;
    const { status = 204 } = answer;
    response.writeHead(status, ['X-Request-Id', observed.requestId, ...headOf(exchange, answer)]).end();
    observer.end(observed, status, 0);
  };

  return (exchange: Exchange, answer: Answer): void | Promise<void> => {
    if (exchange.response.closed) observer.end(exchange.observed, 499, 0);
    else if ('tagged' in answer) sendBody(exchange, answer, 'application/json', answer.tagged);
    else if ('json' in answer) {
      const text = JSON.stringify(answer.json, null, exchange.indent);
      sendBody(exchange, answer, 'application/json', represent(text, exchange, answer));
    } else if ('text' in answer) {
      const { text } = answer;
      sendBody(exchange, answer, 'text/plain; charset=utf-8', represent(text, exchange, answer));
    } else if ('stream' in answer) return sendStream(exchange, answer, answer.stream);
    else sendEmpty(exchange, answer);
  };
};
