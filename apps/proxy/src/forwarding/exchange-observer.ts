import type { Attempt, Exchange } from './exchange.ts';

/**
 * Told of each step of each exchange, by whichever engine carries it out; the access log, the metrics and the passive
 * checks are fed from here and from nowhere else.
 */
export type ExchangeObserver = {
  received(exchange: Exchange): void;
  attemptBegan(exchange: Exchange, attempt: Attempt): void;
  /** The attempt failed, or its response has ended, or the client left. */
  attemptEnded(exchange: Exchange, attempt: Attempt): void;
  /** The client has its answer, or is gone (status 499). */
  finished(exchange: Exchange): void;
};
