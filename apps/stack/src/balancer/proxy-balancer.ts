import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { createSerialQueue } from '@tripod/shared/async/serial-queue';
import { fromSparseCounts } from '@tripod/shared/metrics/latency-histogram';
import type { NodeCommand } from '../supervisor/command.ts';
import { type Balancer, maxDrainMs, type UpstreamCounters, type UpstreamReport } from './balancer.ts';
import { createProxyAdmin, type PoolReading, type PoolUpstream } from './proxy-admin.ts';
import type { Route } from './route.ts';

export type ProxyBalancerOptions = {
  /** The command of the proxy without its routes. */
  readonly command: NodeCommand;
  readonly adminPort: number;
  /** A folder for the configuration file. It is created. */
  readonly dir: string;
  /** Routes as the configuration file of the proxy has them, without their upstreams. */
  readonly routes: readonly Route[];
  /** A port that stands for a pool without copies: a pool needs an upstream at the start, which is removed at once. */
  readonly poolPort: (pool: string) => number;
  readonly clock: Clock;
  /** Whether the proxy's process serves. */
  readonly isReady: () => boolean;
};

type Role = 'serving' | 'draining';

const pollMs = 50;
const maxWaitForChecksMs = 5000;

const urlOf = (port: number): string => `http://127.0.0.1:${port}`;
const portOf = ({ id }: PoolUpstream): number => Number(id.slice(id.lastIndexOf(':') + 1));

/** The reason of an upstream that receives requests again is out of date. */
const reportOn = ({ state, inFlight, reason }: PoolUpstream): UpstreamReport => ({
  state,
  inFlight,
  ...(reason !== undefined && (state === 'unhealthy' || state === 'ejected') ? { reason } : {}),
});

const countersOf = (upstream: PoolReading['upstreams'][number]): UpstreamCounters => ({
  ...reportOn(upstream),
  reason: reportOn(upstream).reason,
  failures: upstream.failures,
  retries: upstream.retries,
  ejections: upstream.ejections,
  answers: upstream.answers,
  latency: fromSparseCounts(upstream.latencyBuckets),
});

/**
 * Controls our own proxy: it reads its routes from a configuration file when it starts, and its upstreams are changed
 * by its admin API while it runs.
 */
export const createProxyBalancer = (options: ProxyBalancerOptions): Balancer => {
  const { command, adminPort, dir, routes, poolPort, clock, isReady } = options;
  const admin = createProxyAdmin(adminPort);
  const file = join(dir, 'proxy.json');
  const wanted = new Map<string, Map<number, Role>>();
  const rolesOf = (pool: string): Map<number, Role> => {
    const roles = wanted.get(pool) ?? new Map<number, Role>();
    wanted.set(pool, roles);
    return roles;
  };
  for (const { pool } of routes) rolesOf(pool);
  const inTurn = createSerialQueue();

  const writeConfig = (): void => {
    const written = new Set<string>();
    const withUpstreams = routes.map((route) => {
      if (written.has(route.pool)) return route;
      written.add(route.pool);
      const serving = [...rolesOf(route.pool)].flatMap(([port, role]) => (role === 'serving' ? [port] : []));
      const ports = serving.length > 0 ? serving : [poolPort(route.pool)];
      return { ...route, upstreams: ports.map(urlOf) };
    });
    mkdirSync(dir, { recursive: true });
    writeFileSync(file, `${JSON.stringify({ routes: withUpstreams }, undefined, 2)}\n`);
  };

  /** Brings the upstreams of the running proxy to what is wanted. */
  const adjust = async (): Promise<void> => {
    writeConfig();
    if (!isReady()) return;
    const pools = await admin.pools();
    for (const [pool, roles] of wanted) {
      const found = new Map((pools.get(pool) ?? []).map((upstream) => [portOf(upstream), upstream]));
      for (const [port, role] of roles) {
        const upstream = found.get(port);
        const draining = role === 'draining';
        if (!upstream && !draining) await admin.add(pool, urlOf(port));
        if (upstream && upstream.draining !== draining) await admin.setDraining(pool, upstream.id, draining);
      }
      for (const [port, { id }] of found) if (!roles.has(port)) await admin.remove(pool, id);
    }
  };
  /** One adjustment at a time: two that compare and change at once would undo each other. */
  const settle = (): Promise<void> => inTurn(adjust);
  const find = async (pool: string, port: number): Promise<PoolUpstream | undefined> =>
    (await admin.pools()).get(pool)?.find((upstream) => portOf(upstream) === port);
  const waitUntil = async (isMet: () => Promise<boolean>, withinMs: number): Promise<void> => {
    const deadlineMs = clock.monotonicMs() + withinMs;
    while (isReady() && clock.monotonicMs() < deadlineMs && !(await isMet())) await pause(clock, pollMs);
  };

  return {
    logsUpstreams: true,
    command() {
      writeConfig();
      return { ...command, args: [...command.args, '--config', file] };
    },
    async add(pool, port) {
      rolesOf(pool).set(port, 'serving');
      await settle();
      await waitUntil(async () => {
        const upstream = await find(pool, port);
        return upstream?.state === 'available' || upstream?.state === 'full';
      }, maxWaitForChecksMs);
    },
    async drain(pool, port) {
      rolesOf(pool).set(port, 'draining');
      await settle();
      await waitUntil(async () => ((await find(pool, port))?.inFlight ?? 0) === 0, maxDrainMs);
    },
    async remove(pool, port) {
      rolesOf(pool).delete(port);
      await settle();
    },
    reload: () =>
      inTurn(async () => {
        writeConfig();
        await admin.reload();
        // The file holds no copies that drain.
        await adjust();
      }),
    async report() {
      if (!isReady()) return new Map();
      const upstreams = [...(await admin.pools()).values()].flat();
      return new Map(upstreams.map((upstream) => [portOf(upstream), reportOn(upstream)]));
    },
    async read() {
      if (!isReady()) return { policies: [], upstreams: new Map() };
      const pools = await admin.readings();
      const upstreams = pools.flatMap((pool) =>
        pool.upstreams.map((upstream) => [portOf(upstream), countersOf(upstream)] as const),
      );
      return { policies: [...new Set(pools.map(({ policy }) => policy))], upstreams: new Map(upstreams) };
    },
    becameReady: settle,
  };
};
