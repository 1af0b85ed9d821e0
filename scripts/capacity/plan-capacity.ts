/** The load of a system at its peak, and the room that it keeps. */
export type Load = {
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  /** The busy part of a core at the peak, from 0 to 1. Above 0.7 waiting times grow fast. */
  readonly utilization: number;
  /** Connections of each copy to Postgres. */
  readonly poolSize: number;
  /** `max_connections` of Postgres, without what is kept for administrators. */
  readonly databaseConnections: number;
};

/** Processor time of one request in microseconds. */
export type RequestCost = { readonly read: number; readonly write: number; readonly proxied: number };

/**
 * Processor time of one request in microseconds, measured by `pnpm bench` and shown in docs/reference/performance.md:
 * GET of 3 rows, POST of 200 B with 32 connections, and the proxy with GET of 370 B. Measure on your own machine, and
 * with your own resources, before you trust a plan.
 */
export const measuredMicroseconds: RequestCost = { read: 36.3, write: 69.3, proxied: 28.8 };

export type CapacityPlan = {
  /** At least two, so that one may fail; each has one core, because Node runs JavaScript in one thread. */
  readonly copies: number;
  /** At least two on more than one machine. */
  readonly proxies: number;
  readonly cores: number;
  readonly connections: number;
  /** Whether the copies need a pooler, such as PgBouncer, in front of Postgres. */
  readonly needsPooler: boolean;
};

const coresFor = (microsecondsPerSecond: number, utilization: number): number =>
  Math.ceil(microsecondsPerSecond / 1_000_000 / utilization);

/**
 * Returns how many copies, proxies, cores and connections carry a load while one copy is down. Cores of Postgres are
 * not counted: they depend on the queries.
 */
export const planCapacity = (load: Load, cost: RequestCost = measuredMicroseconds): CapacityPlan => {
  const { readsPerSecond, writesPerSecond, utilization, poolSize, databaseConnections } = load;
  const busy = coresFor(readsPerSecond * cost.read + writesPerSecond * cost.write, utilization);
  const copies = Math.max(1, busy) + 1;
  const proxies = Math.max(1, coresFor((readsPerSecond + writesPerSecond) * cost.proxied, utilization)) + 1;
  const connections = copies * poolSize;
  return {
    copies,
    proxies,
    cores: copies + proxies,
    connections,
    needsPooler: connections > databaseConnections,
  };
};
