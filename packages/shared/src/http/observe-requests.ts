import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../async/clock.ts';
import type { Logger } from '../logging/logger.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import { requestIdOf } from './request-id.ts';

export type ObserveRequestsOptions = {
  readonly logger: Logger;
  readonly metrics: RequestMetrics;
  readonly clock: Clock;
};

/** The id under which a request is logged and answered; set by `observeRequests` before anything else. */
export const requestIdFor = (response: ServerResponse): string =>
  String(response.getHeader('X-Request-Id') ?? '');

/** Bytes of the body that went to the socket for this response, given what the socket had written before. */
const bodyBytesSince = (response: ServerResponse, before: number): number => {
  // Of all that node:http keeps, only this knows the length of the head as it was sent.
  const { _header: head } = response as ServerResponse & { readonly _header?: string | null };
  return Math.max(0, (response.req.socket?.bytesWritten ?? before) - before - (head?.length ?? 0));
};

const operationalPath = /^\/(?:livez|readyz|healthz|metrics)(?=\?|$)/;

/**
 * A load balancer asks each copy each second how it is: nobody reads line after line of the same. Says whether a
 * request is news: any but one to an operational path that is well, or as ill as it was the last time.
 */
const createNews = (): ((url: string, status: number) => boolean) => {
  const lastStatuses = new Map<string, number>();
  return (url, status) => {
    const path = operationalPath.exec(url)?.[0];
    if (path === undefined) return true;
    const changed = lastStatuses.get(path) !== status;
    lastStatuses.set(path, status);
    return status >= 400 && changed;
  };
};

/** What a request looked like when it came, for its line. */
export type ObservedRequest = {
  readonly beganMs: number;
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
};

/** Writes one line and one count for each request, in one of two ways. */
export type RequestObserver = {
  /**
   * Middleware for any route: gives the request its id, and waits for the end of its answer. An answer that the
   * client did not wait for is logged as 499.
   */
  observe(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** For a route that writes its whole answer in one go: the request counts as in flight until `end` or `watch`. */
  begin(request: IncomingMessage): ObservedRequest;
  /** The answer was written, with so many bytes of body; nothing had to listen for it. */
  end(observed: ObservedRequest, status: number, bytes: number): void;
  /** From here on like any route: sets the header with the id, and waits for the end of the answer. */
  watch(observed: ObservedRequest, response: ServerResponse): void;
};

/** Operational paths have a line only when they begin to fail, or fail in another way than before. */
export const createRequestObserver = ({
  logger,
  metrics,
  clock,
}: ObserveRequestsOptions): RequestObserver => {
  const isNews = createNews();
  const end = (observed: ObservedRequest, status: number, bytes: number): void => {
    const { beganMs, requestId, method, url } = observed;
    const durationMs = clock.monotonicMs() - beganMs;
    metrics.ended(method, status, durationMs);
    if (isNews(url, status)) logger.request({ method, url, status, bytes, durationMs, requestId });
  };
  const begin = ({ headers, method = '', url = '' }: IncomingMessage): ObservedRequest => {
    metrics.began();
    const requestId = requestIdOf(headers['x-request-id']);
    // Middleware may cut url while it routes; the line tells what was asked.
    return { beganMs: clock.monotonicMs(), requestId, method, url };
  };
  const watch = (observed: ObservedRequest, response: ServerResponse): void => {
    if (response.closed) {
      end(observed, 499, 0);
      return;
    }
    const before = response.req.socket.bytesWritten;
    response.setHeader('X-Request-Id', observed.requestId);
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : 499;
      end(observed, status, bodyBytesSince(response, before));
    });
  };
  return {
    observe: function observeRequest(request, response, next) {
      watch(begin(request), response);
      next();
    },
    begin,
    end,
    watch,
  };
};

/** The middleware alone, for servers whose routes are all alike. */
export const observeRequests = (options: ObserveRequestsOptions): RequestObserver['observe'] =>
  createRequestObserver(options).observe;
