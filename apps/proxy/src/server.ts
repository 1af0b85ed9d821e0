import { createReadiness, type Readiness } from '@tripod/shared/http/readiness';
import type { StoppableServer } from '@tripod/shared/http/stoppable-server';
import type { Logger } from '@tripod/shared/logging/logger';
import { createMetrics } from '@tripod/shared/metrics/metrics';
import { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import type { Clock } from '@tripod/shared/process/clock';
import { registerProcessMetrics } from '@tripod/shared/process/process-metrics';
import { createAdminServer } from './admin/admin-server.ts';
import { registerProxyMetrics } from './admin/proxy-metrics.ts';
import { selectionPolicies } from './balancing/policy-table.ts';
import { Upstream } from './balancing/upstream.ts';
import { UpstreamPool } from './balancing/upstream-pool.ts';
import type { ProxyConfig } from './config.ts';
import { createAccessLog } from './forwarding/access-log.ts';
import type { Engine } from './forwarding/engine.ts';
import { engines } from './forwarding/engine-table.ts';
import { createExchangeObserver } from './forwarding/observe-exchanges.ts';
import { RetryBudget } from './forwarding/retry.ts';
import { createHealthChecks, type HealthChecks } from './health/health-checks.ts';
import { createPassiveChecker, type PassiveChecker } from './health/passive-checker.ts';
import { createRouteTable, type RouteTable } from './routing/route-table.ts';

export type ProxyDependencies = {
  readonly logger: Logger;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
};

/** The parts of a proxy, made and joined, none of them listening yet. */
export type Proxy = {
  readonly engine: Engine;
  readonly admin: StoppableServer;
  readonly checks: HealthChecks;
  readonly passive: PassiveChecker;
  readonly readiness: Readiness;
};

const createRoutes = (config: ProxyConfig, random: () => number): RouteTable => {
  const { policy, maxBodyBytes, privatePaths } = config;
  const routes = config.routes.map(({ prefix, poolName, upstreams }) => ({
    prefix,
    stripPrefix: true,
    maxBodyBytes,
    hostHeader: 'client' as const,
    pool: new UpstreamPool({
      name: poolName,
      policyName: policy,
      policy: selectionPolicies[policy](random),
      upstreams: upstreams.map((url) => new Upstream({ url })),
    }),
  }));
  return createRouteTable({ routes, privatePaths });
};

export const createProxy = (config: ProxyConfig, { logger, clock, random }: ProxyDependencies): Proxy => {
  const routes = createRoutes(config, random);
  const readiness = createReadiness();
  const requestMetrics = new RequestMetrics();
  const passive = createPassiveChecker({ ...config, clock, logger });
  const observer = createExchangeObserver({ log: createAccessLog(logger), metrics: requestMetrics, passive });
  const budget = new RetryBudget(clock);
  const connections = { open: 0, refused: 0 };
  const engine = engines[config.engine]({ config, routes, observer, clock, budget, connections });
  const checks = createHealthChecks(routes.pools, {
    path: config.healthPath,
    intervalMs: config.healthIntervalMs,
    timeoutMs: config.healthTimeoutMs,
    fall: config.fall,
    rise: config.rise,
    clock,
    logger,
  });
  const metrics = config.metrics ? createMetrics() : undefined;
  if (metrics) {
    registerProcessMetrics(metrics);
    requestMetrics.register(metrics);
    registerProxyMetrics(metrics, routes.pools);
  }
  const activeChecks = config.healthPath !== 'off';
  const admin = createAdminServer({ pools: routes.pools, readiness, metrics, activeChecks, logger, clock });
  return { engine, admin, checks, passive, readiness };
};
