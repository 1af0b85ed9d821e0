import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@tripod/shared/async/clock';
import { isListedTag } from '@tripod/shared/http/entity-tags';
import type { ObservedRequest, RequestObserver } from '@tripod/shared/http/observe-requests';
import type { Representation, TaggedRepresentation } from './representation.ts';
import type { StandingHeaders } from './standing-headers.ts';
import { streamChunks } from './stream-chunks.ts';

/** What a route answers with 200, and with which further headers, names and values in turns. */
export type Answer = { readonly headers?: readonly string[] } & (
  | { readonly kind: 'cached'; readonly json: TaggedRepresentation }
  | { readonly kind: 'fresh'; readonly json: Representation }
  /** Too long to be held in memory: neither its length nor its tag is known when it begins. */
  | { readonly kind: 'long'; readonly chunks: AsyncIterable<Uint8Array> }
);

export type FastRouteOptions = {
  readonly observer: RequestObserver;
  readonly standingHeaders: StandingHeaders;
  readonly clock: Clock;
};

type FastHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error: unknown) => void,
) => void;

/**
 * Of a list alone. The time-out of node's server would end its connection in good order, and a list without a length,
 * which goes to HTTP/1.0, would look whole: it must be reset.
 */
const stallMs = 30_000;
const none: readonly string[] = [];

/**
 * Makes Express handlers of functions from a request to its answer. They stand in front of all middleware, and do
 * its work in one write: id, CORS, name, caching and length are one list of headers. What such a function throws goes
 * to the app's error handler, with the same headers.
 */
export const createFastRoutes = ({ observer, standingHeaders, clock }: FastRouteOptions) => {
  const sendJson = (
    request: IncomingMessage,
    response: ServerResponse,
    observed: ObservedRequest,
    answer: Exclude<Answer, { readonly kind: 'long' }>,
  ): void => {
    const { json, headers = none } = answer;
    const standing = standingHeaders(request.headers.origin);
    const common = ['X-Request-Id', observed.requestId, ...standing, ...headers];
    if (answer.kind === 'cached') {
      const { tag } = answer.json;
      common.push('ETag', tag, 'Cache-Control', 'no-cache');
      const known = request.headers['if-none-match'];
      if (known !== undefined && isListedTag(known, tag, 'weak')) {
        response.writeHead(304, common);
        response.end();
        observer.end(observed, 304, 0);
        return;
      }
    } else common.push('Cache-Control', 'no-store');
    common.push('Content-Type', 'application/json', 'Content-Length', String(json.bytes));
    response.writeHead(200, common);
    if (request.method === 'HEAD') {
      response.end();
      observer.end(observed, 200, 0);
    } else {
      response.end(json.body, json.encoding);
      observer.end(observed, 200, json.bytes);
    }
  };

  const sendLong = async (
    request: IncomingMessage,
    response: ServerResponse,
    observed: ObservedRequest,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<void> => {
    const standing = standingHeaders(request.headers.origin);
    const begin = (): void => {
      observer.watch(observed, response);
      response.writeHead(200, [
        ...['Content-Type', 'application/json', 'Cache-Control', 'no-cache'],
        ...standing,
      ]);
    };
    if (request.method === 'HEAD') {
      begin();
      response.end();
    } else await streamChunks(response, chunks, begin, { clock, stallMs });
  };

  return (route: (request: IncomingMessage) => Promise<Answer>): FastHandler =>
    function answerInOneGo(request, response, next) {
      const observed = observer.begin(request);
      const send = (answer: Answer): void | Promise<void> => {
        if (response.closed) observer.end(observed, 499, 0);
        else if (answer.kind === 'long') return sendLong(request, response, observed, answer.chunks);
        else sendJson(request, response, observed, answer);
      };
      const fail = (error: unknown): void => {
        if (!response.headersSent) {
          observer.watch(observed, response);
          const standing = standingHeaders(request.headers.origin);
          for (let at = 0; at < standing.length; at += 2) {
            response.setHeader(standing[at] ?? '', standing[at + 1] ?? '');
          }
        }
        next(error);
      };
      route(request).then(send).catch(fail);
    };
};
