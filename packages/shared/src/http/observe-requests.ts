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

/** Returns the body bytes written for this response, given what the socket had written before it. */
const bodyBytesSince = (response: ServerResponse, before: number): number => {
  // node:http keeps the length of the head as it was sent nowhere else.
  const { _header: head } = response as ServerResponse & { readonly _header?: string | null };
  return Math.max(0, (response.req.socket?.bytesWritten ?? before) - before - (head?.length ?? 0));
};

const operationalPath = /^\/(?:livez|readyz|healthz|metrics)(?=\?|$)/;

/**
 * Creates the filter for log lines. Health checks come every second, so one is logged only when it fails with another
 * status than the last one. All other requests are logged.
 */
const createLineFilter = (): ((url: string, status: number) => boolean) => {
  const lastStatuses = new Map<string, number>();
  return (url, status) => {
    const path = operationalPath.exec(url)?.[0];
    if (path === undefined) return true;
    const changed = lastStatuses.get(path) !== status;
    lastStatuses.set(path, status);
    return status >= 400 && changed;
  };
};

/** The fields of a request for its log line, as they were when it arrived. */
export type ObservedRequest = {
  readonly beganMs: number;
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
};

/**
 * Logs and counts each request once: as middleware (`observe`), or by explicit calls (`begin`, then `end` or `watch`).
 */
export type RequestObserver = {
  /**
   * Middleware for any route: gives the request its id, and waits for the end of its answer. When the client
   * disconnects first, the status is logged as 499.
   */
  observe(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** For a route that writes its whole answer in one go: the request counts as in flight until `end` or `watch`. */
  begin(request: IncomingMessage): ObservedRequest;
  /** Ends a request whose answer was written in one go, with this many bytes of body. */
  end(observed: ObservedRequest, status: number, bytes: number): void;
  /** Continues as `observe` does: sets the header with the id, and waits for the end of the answer. */
  watch(observed: ObservedRequest, response: ServerResponse): void;
};

/** Creates the observer of a server. Health checks are logged only when they begin to fail or their status changes. */
export const createRequestObserver = ({
  logger,
  metrics,
  clock,
}: ObserveRequestsOptions): RequestObserver => {
  const shouldLog = createLineFilter();
  const end = (observed: ObservedRequest, status: number, bytes: number): void => {
    const { beganMs, requestId, method, url } = observed;
    const durationMs = clock.monotonicMs() - beganMs;
    metrics.ended(method, status, durationMs);
    if (shouldLog(url, status)) logger.request({ method, url, status, bytes, durationMs, requestId });
  };
  const begin = ({ headers, method = '', url = '' }: IncomingMessage): ObservedRequest => {
    metrics.began();
    const requestId = requestIdOf(headers['x-request-id']);
    // Express removes mount paths from `url` while it routes; the log line has the original.
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

/** Creates only the middleware, for servers that need no explicit calls. */
export const observeRequests = (options: ObserveRequestsOptions): RequestObserver['observe'] =>
  createRequestObserver(options).observe;
