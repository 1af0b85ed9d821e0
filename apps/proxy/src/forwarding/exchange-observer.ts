import type { Attempt, Exchange } from './exchange.ts';

/**
 * Notified of each step of each exchange. It is the only source of the access log, the metrics and the passive checks.
 */
export type ExchangeObserver = {
  received(exchange: Exchange): void;
  attemptBegan(exchange: Exchange, attempt: Attempt): void;
  /** The attempt failed, its response ended, or the client left. */
  attemptEnded(exchange: Exchange, attempt: Attempt): void;
  /** The response was sent, or the client left (status 499). */
  finished(exchange: Exchange): void;
};
