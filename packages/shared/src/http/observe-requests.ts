import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../logging/logger.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import type { Clock } from '../process/clock.ts';
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

const operationalPath = /^\/(?:livez|readyz|metrics)(?=\?|$)/;

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

/**
 * Middleware: gives each request its id and writes one line and one count when its answer has ended. An answer that
 * the client did not wait for is logged as 499. Operational paths have a line only when they begin to fail, or fail
 * in another way than before.
 */
export const observeRequests = ({ logger, metrics, clock }: ObserveRequestsOptions) => {
  const isNews = createNews();
  return function observeRequest(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const beganMs = clock.monotonicMs();
    const requestId = requestIdOf(request.headers['x-request-id']);
    const before = request.socket.bytesWritten;
    response.setHeader('X-Request-Id', requestId);
    metrics.began();
    // Middleware may cut url while it routes; the line tells what was asked.
    const { method = '', url = '' } = request;
    response.once('close', () => {
      const durationMs = clock.monotonicMs() - beganMs;
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.ended(method, status, durationMs);
      if (!isNews(url, status)) return;
      const bytes = bodyBytesSince(response, before);
      logger.request({ method, url, status, bytes, durationMs, requestId });
    });
    next();
  };
};
