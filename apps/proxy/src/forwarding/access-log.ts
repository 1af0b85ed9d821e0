import type { Logger } from '@tripod/shared/logging/logger';
import type { Attempt, Exchange } from './exchange.ts';

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

const outcomeOf = ({ status, failure, brokeOff }: Attempt): string =>
  failure ?? (brokeOff ? `${status} broke off` : String(status || 'abandoned'));

/** Writes one line for each finished exchange, with every upstream that was tried and what came of it. */
export const createAccessLog =
  (logger: Logger) =>
  (exchange: Exchange): void => {
    const { request, attempts, status, bytes, durationMs } = exchange;
    logger.request(
      {
        method: request.method,
        url: request.target,
        status,
        bytes,
        durationMs,
        requestId: request.requestId,
      },
      {
        client: request.clientAddress,
        ...(attempts.length === 0
          ? {}
          : {
              upstream: attempts.map(({ upstream }) => upstream.id).join(', '),
              upstreamStatus: attempts.map(outcomeOf).join(', '),
              upstreamMs: attempts.map(({ durationMs: one }) => rounded(one)).join(', '),
              tries: attempts.length,
            }),
      },
    );
  };
