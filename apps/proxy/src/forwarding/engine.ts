import type { Clock } from '@tripod/shared/async/clock';
import type { Listening, ListenOptions } from '@tripod/shared/os/listen';
import type { Upstream } from '../balancing/upstream.ts';
import type { Certificates } from '../edge/certificates.ts';
import type { RouteTable } from '../routing/route-table.ts';
import type { Networks } from '../routing/rules/networks.ts';
import type { ExchangeObserver } from './exchange-observer.ts';
import type { RetryBudget } from './retry.ts';

/**
 * Limits and time-outs of every engine. A reload changes the values in place, so an engine reads them where it uses
 * them and keeps no copy.
 */
export type EngineConfig = {
  readonly connectTimeoutMs: number;
  /** From the last byte of the request, or from connecting, to the response head. */
  readonly responseTimeoutMs: number;
  /** Between two reads of a response body. */
  readonly idleTimeoutMs: number;
  readonly clientHeadTimeoutMs: number;
  /** Between two reads of a request body. */
  readonly clientBodyTimeoutMs: number;
  readonly clientKeepAliveMs: number;
  /** A tunnel (WebSocket) without bytes for so long is closed; 0 for no limit. */
  readonly tunnelIdleTimeoutMs: number;
  /** How long an idle upstream connection is kept open; must be less than the upstream keeps it. */
  readonly upstreamKeepAliveMs: number;
  /** How clients reach the listener. */
  readonly scheme: 'http' | 'https';
  /** Seconds for which clients must use https; 0 tells them nothing. */
  readonly hstsMaxAgeS: number;
  readonly trustedProxies: Networks;
  /** Clients that may ask for a trace of a request. */
  readonly traceFrom: Networks;
  /** Whether responses have a Server-Timing header. */
  readonly serverTiming: boolean;
  /** Limit on client connections; further ones are answered 503 and closed. */
  readonly maxConnections: number;
};

/** Updated by the engine, read by the metrics. */
export type ConnectionCounters = {
  /** Open client connections, without refused ones. */
  open: number;
  /** Connections over the limit since the start. */
  refused: number;
};

/**
 * Forwards requests: owns its listener and all connections. It gets the pool from the route table, the upstream from
 * the pool and the retry decision from the exchange, and reports each step to the observer.
 */
export type Engine = {
  listen(options: ListenOptions): Promise<Listening>;
  /**
   * Tries the requests that wait for this upstream, which is unhealthy, at another one, where the retry rule allows it.
   */
  leaveUnhealthy(upstream: Upstream): void;
  /** From now on every response closes its connection. */
  drain(): void;
  /** Stops accepting, waits for the requests in flight, and closes their connections after `graceMs`. */
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
  /** With certificates the listener speaks TLS. */
  readonly certificates?: Certificates | undefined;
};
