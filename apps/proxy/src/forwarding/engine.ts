import type { Clock } from '@tripod/shared/async/clock';
import type { Listening, ListenOptions } from '@tripod/shared/os/listen';
import type { RouteTable } from '../routing/route-table.ts';
import type { ExchangeObserver } from './exchange-observer.ts';
import type { TrustedProxies } from './forwarded-headers.ts';
import type { RetryBudget } from './retry.ts';

/**
 * Limits and time-outs that hold for every engine alike. A reload may change their values: an engine reads them where it
 * uses them, and keeps no copy.
 */
export type EngineConfig = {
  readonly connectTimeoutMs: number;
  /** From the request's last byte, or from connecting, to the response head. */
  readonly responseTimeoutMs: number;
  /** Between two reads of a response body. */
  readonly idleTimeoutMs: number;
  readonly clientHeadTimeoutMs: number;
  /** Between two reads of a request body. */
  readonly clientBodyTimeoutMs: number;
  readonly clientKeepAliveMs: number;
  /** A tunnel (WebSocket) without bytes for so long is closed; 0 for no limit. */
  readonly tunnelIdleTimeoutMs: number;
  /** How long an unused connection to an upstream is kept: shorter than any upstream keeps it. */
  readonly upstreamKeepAliveMs: number;
  readonly trustedProxies: TrustedProxies;
  /** Connections of clients at once; one more is answered 503 and closed. */
  readonly maxConnections: number;
};

/** Raised and lowered by the engine, read when someone asks. */
export type ConnectionCounters = {
  /** Connections of clients that are open now, without refused ones. */
  open: number;
  /** Connections that were over the limit. */
  refused: number;
};

/**
 * Carries out exchanges: owns its listener and everything on the wire. It asks the route table for the pool, the pool
 * for an upstream and the retry rule whether to try again, and reports each step to the observer.
 */
export type Engine = {
  listen(options: ListenOptions): Promise<Listening>;
  /** From now on every answer closes its connection. */
  drain(): void;
  /** Accepts no more, waits for what is in flight, and cuts it off after `graceMs`. */
  close(options: { readonly graceMs: number }): Promise<void>;
};

/** An engine as data: `--help` and the config schema are derived from it. */
export type EngineDefinition = {
  readonly summary: string;
  create(options: EngineOptions): Engine;
};

export type EngineOptions = {
  readonly config: EngineConfig;
  readonly routes: RouteTable;
  readonly observer: ExchangeObserver;
  readonly clock: Clock;
  readonly budget: RetryBudget;
  readonly connections: ConnectionCounters;
  /** The pseudonym of this proxy in Via. */
  readonly viaName: string;
};
