import type { LatencyCounts } from '@tripod/shared/metrics/latency-histogram';
import type { Command } from '../supervisor/command.ts';

/** What the load balancer reports about one copy. */
export type UpstreamReport = {
  readonly state: string;
  readonly inFlight: number;
  /** Why the copy receives no requests. */
  readonly reason?: string;
};

/** Counters of one upstream since the load balancer started. */
export type UpstreamCounters = {
  readonly state: string;
  /** Why it receives no requests. */
  readonly reason: string | undefined;
  readonly inFlight: number;
  readonly failures: number;
  readonly retries: number;
  readonly ejections: number;
  /** Answers by class of status, such as `2xx`. */
  readonly answers: Readonly<Record<string, number>>;
  readonly latency: LatencyCounts;
};

/** What a load balancer tells about its traffic. */
export type BalancerReading = {
  /** The policies of its pools, each once. */
  readonly policies: readonly string[];
  /** By port. */
  readonly upstreams: ReadonlyMap<number, UpstreamCounters>;
};

/**
 * A load balancer as the stack controls it. Changes that are made while its process is down take effect when it is up
 * again.
 */
export type Balancer = {
  /** Called at each start of the process, because the copies may have changed. */
  command(): Command;
  /** Adds a copy to a pool; resolves when it receives requests, or would if it were healthy. */
  add(pool: string, port: number): Promise<void>;
  /** Sends a copy no new requests; resolves when none is in flight, or after the longest wait. */
  drain(pool: string, port: number): Promise<void>;
  /** Removes a drained copy from its pool. */
  remove(pool: string, port: number): Promise<void>;
  /**
   * Writes its configuration and makes the process read it, without a lost request. Throws a StartError when it is
   * refused.
   */
  reload(): Promise<void>;
  /** By port. Empty when the balancer does not report on its upstreams. */
  report(): Promise<ReadonlyMap<number, UpstreamReport>>;
  /** Undefined when it does not tell. Throws a StartError when it does not answer. */
  readonly read?: () => Promise<BalancerReading>;
  /** Called when the process has become ready: makes the changes that were requested while it was down. */
  becameReady(): Promise<void>;
  /** Whether its log lines name the upstream that answered. The request lines of the upstreams are hidden then. */
  readonly logsUpstreams: boolean;
  /** A file to which it writes its request lines. Default: it writes them to standard output. */
  readonly accessLog?: string;
};

/** Longest time for which a draining copy may finish its requests. */
export const maxDrainMs = 30_000;
