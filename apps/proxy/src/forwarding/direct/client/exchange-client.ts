import type { AppError } from '@tripod/shared/errors/app-error';
import type { Deadlines } from '../../deadlines.ts';
import type { EngineConfig } from '../../engine.ts';
import type { ExchangeContext } from '../../exchange.ts';
import type { UpstreamConnections } from '../upstream/upstream-connections.ts';
import type { WriteBatch } from '../wire/batched-text.ts';
import type { HeadCache } from '../wire/head-cache.ts';
import type { ClientSocket } from './client-socket.ts';
import type { Plan } from './plan.ts';
import type { UpstreamRequestHeads } from './upstream-request-heads.ts';

/** What all client connections of an engine share. */
export type ExchangeParts = {
  readonly context: ExchangeContext;
  /** Returns the cache of parsed heads and their routes; to be called for each head. */
  readonly plans: () => HeadCache<Plan>;
  readonly config: EngineConfig;
  readonly connections: UpstreamConnections;
  readonly requestHeads: UpstreamRequestHeads;
  readonly deadlines: Deadlines;
  readonly batch: WriteBatch;
  readonly isDraining: () => boolean;
  readonly dateLine: () => string;
  /** The lines that every forwarded response gets: Via, and Strict-Transport-Security by choice. */
  readonly ownLines: string;
};

/** The client's connection as its exchange sees it. */
export type ExchangeClient = {
  readonly socket: ClientSocket;
  /** Address of the other end of the connection. */
  readonly address: string;
  /** Calls `onTimeout` of the exchange after this many milliseconds without another call; Infinity: never. */
  setTimeout(inMs: number): void;
  /** The response has been written. `close`: the connection serves no further request. */
  exchangeEnded(close: boolean): void;
  /** Sends an error response and ends the exchange. `isWhole`: the whole request has been received. */
  sendError(error: AppError, isWhole: boolean): void;
  /**
   * Passes what the client sends to the exchange's tunnel until the exchange ends. Returns what has been received
   * before.
   */
  openTunnel(): Buffer | undefined;
};
