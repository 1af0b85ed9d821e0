import { randomBytes } from 'node:crypto';
import type { Clock } from '@tripod/shared/async/clock';
import { createReadiness, type Readiness } from '@tripod/shared/http/readiness';
import type { StoppableServer } from '@tripod/shared/http/stoppable-server';
import type { Logger } from '@tripod/shared/logging/logger';
import { createMetrics } from '@tripod/shared/metrics/metrics';
import { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import { registerProcessMetrics } from '@tripod/shared/process/process-metrics';
import { createAdminServer } from './admin/admin-server.ts';
import { createLatencySampler, type LatencySampler } from './admin/latency-sampler.ts';
import { registerProxyMetrics } from './admin/proxy-metrics.ts';
import { registerUpstreamMetrics } from './admin/upstream-metrics.ts';
import { drainUpstream } from './balancing/drain-upstream.ts';
import type { UpstreamPool } from './balancing/upstream-pool.ts';
import type { ProxyConfig } from './config.ts';
import { Certificates } from './edge/certificates.ts';
import { engines } from './engine-table.ts';
import { createAccessLog } from './forwarding/access-log.ts';
import type { Engine } from './forwarding/engine.ts';
import { createExchangeObserver } from './forwarding/observe-exchanges.ts';
import { RetryBudget } from './forwarding/retry.ts';
import { TraceStore } from './forwarding/trace-store.ts';
import { createViaName } from './forwarding/via.ts';
import { createHealthChecks, type HealthChecks, type HealthLimits } from './health/health-checks.ts';
import { createPassiveChecker, type PassiveChecker } from './health/passive-checker.ts';
import { createLiveConfig, type LiveConfig, type ProxyConfigSource } from './live-config.ts';
import { OwnListeners } from './own-listeners.ts';
import { makeRoutes } from './routing/make-routes.ts';
import { createRouteTable, type RouteTableOptions } from './routing/route-table.ts';

export type ProxyDependencies = {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Descriptors that the process may have open. */
  readonly descriptorLimit: number;
  /** Returns a number from 0 up to 1. */
  readonly random: () => number;
};

/** The connected parts of a proxy, not listening yet. */
export type Proxy = {
  readonly config: LiveConfig;
  /** The certificates of the listener; undefined when it speaks plain HTTP. */
  readonly certificates: Certificates | undefined;
  readonly engine: Engine;
  readonly admin: StoppableServer;
  readonly checks: HealthChecks;
  readonly passive: PassiveChecker;
  readonly latencies: LatencySampler;
  readonly readiness: Readiness;
  /** Tells the proxy where it listens, so that no upstream leads back to it. */
  addOwnListener(host: string, port: number): void;
};

const healthLimitsOf = (config: ProxyConfig): HealthLimits => ({
  path: config.healthPath,
  statuses: config.healthStatuses,
  intervalMs: config.healthIntervalMs,
  timeoutMs: config.healthTimeoutMs,
  fall: config.fall,
  rise: config.rise,
});

const isSame = (a: HealthLimits, b: HealthLimits): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Creates a proxy from its configuration. Throws a ConfigError when that is not valid. */
export const createProxy = (
  source: ProxyConfigSource,
  { logger, clock, random, descriptorLimit }: ProxyDependencies,
): Proxy => {
  const config = createLiveConfig({ source, logger, descriptorLimit, onChanged: () => apply() });
  const { values } = config;
  const stickyKey = randomBytes(32);
  const activeChecks = (): boolean => values.healthPath !== 'off';
  const routesFor = (earlier: readonly UpstreamPool[]): RouteTableOptions => ({
    routes: makeRoutes(values, {
      earlier,
      clock,
      stickyKey,
      random,
      activeChecks: activeChecks(),
      onRemoved: (upstream, pool) => drainUpstream(upstream, pool, logger),
    }),
    redirects: values.redirects,
    privatePaths: values.privatePaths,
  });
  const viaName = createViaName(random);
  const routes = createRouteTable(routesFor([]), viaName);
  const ownListeners = new OwnListeners();
  const excludeLoops = (): void => {
    for (const pool of routes.pools) {
      for (const upstream of pool.upstreams) {
        if (upstream.state === 'loop' || !ownListeners.includes(upstream)) continue;
        upstream.markAsLoop();
        logger.error('upstream is the proxy itself and gets no requests', {
          upstream: upstream.id,
          pool: pool.name,
        });
      }
    }
  };
  const readiness = createReadiness();
  const requestMetrics = new RequestMetrics();
  const passive = createPassiveChecker({ limits: values, clock, logger });
  const traces = new TraceStore(values, clock);
  const observer = createExchangeObserver({
    log: createAccessLog(logger),
    metrics: requestMetrics,
    passive,
    traces,
  });
  const budget = new RetryBudget(clock);
  const connections = { open: 0, refused: 0 };
  const certificates =
    values.certificates.length === 0 ? undefined : new Certificates(values.certificates, { clock, logger });
  const engine = engines[values.engine].create({
    config: values,
    routes,
    observer,
    clock,
    budget,
    connections,
    viaName,
    certificates,
  });
  let healthLimits = healthLimitsOf(values);
  const checks = createHealthChecks(routes.pools, {
    ...healthLimits,
    onDead: (upstream) => {
      if (values.retryOnUnhealthy) engine.leaveUnhealthy(upstream);
    },
    clock,
    logger,
  });
  const latencies = createLatencySampler(() => routes.pools, clock);
  const apply = (): void => {
    routes.replace(routesFor(routes.pools));
    excludeLoops();
    checks.watch(routes.pools);
    const limits = healthLimitsOf(values);
    if (!isSame(limits, healthLimits)) checks.change(limits);
    healthLimits = limits;
  };
  const metrics = values.metrics ? createMetrics() : undefined;
  if (metrics) {
    registerProcessMetrics(metrics);
    requestMetrics.register(metrics);
    registerUpstreamMetrics(metrics, () => routes.pools);
    registerProxyMetrics(metrics, { connections, budget, logger, config });
  }
  const admin = createAdminServer({
    routes,
    traces,
    access: values,
    config,
    readiness,
    metrics,
    profile: values.profile,
    activeChecks,
    isOwnListener: (upstream) => ownListeners.includes(upstream),
    random,
    logger,
    clock,
  });
  const addOwnListener = (host: string, port: number): void => {
    ownListeners.add(host, port);
    excludeLoops();
  };
  return { config, certificates, engine, admin, checks, passive, latencies, readiness, addOwnListener };
};
