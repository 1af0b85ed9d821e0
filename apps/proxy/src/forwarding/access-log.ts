import type { Logger } from '@tripod/shared/logging/logger';
import { formatMs } from '@tripod/shared/logging/request-line';
import type { Attempt, Exchange } from './exchange.ts';

const outcomeOf = ({ status, failure, brokeOff }: Attempt): string =>
  failure ?? (brokeOff ? `${status} broke off` : String(status || 'abandoned'));

/** Logs one line for each finished exchange, with every upstream that was tried and the result there. */
export const createAccessLog =
  (logger: Logger) =>
  (exchange: Exchange): void => {
    const { request, attempts, status, bytes, durationMs, code } = exchange;
    let upstream: string | undefined;
    let upstreamStatus = '';
    let upstreamMs = '';
    for (const attempt of attempts) {
      const between = upstream === undefined ? '' : ', ';
      upstream = `${upstream ?? ''}${between}${attempt.upstream.id}`;
      upstreamStatus += between + outcomeOf(attempt);
      upstreamMs += between + formatMs(attempt.durationMs);
    }
    logger.request({
      method: request.method,
      url: request.target,
      status,
      bytes,
      durationMs,
      requestId: request.requestId,
      code,
      protocol: request.protocol,
      client: request.clientAddress,
      userAgent: request.userAgent,
      referer: request.referer,
      upstream,
      upstreamStatus,
      upstreamMs,
      tries: attempts.length,
    });
  };
