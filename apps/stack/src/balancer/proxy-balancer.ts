import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { createSerialQueue } from '@tripod/shared/async/serial-queue';
import { type ServiceCommands, upstreamUrl } from '../supervisor/service-commands.ts';
import { type Balancer, maxDrainMs } from './balancer.ts';
import { createProxyAdmin, type PoolUpstream } from './proxy-admin.ts';

export type ProxyBalancerOptions = {
  readonly commands: ServiceCommands;
  readonly host: string;
  readonly port: number;
  readonly adminPort: number;
  readonly engine: string;
  readonly policy: string;
  readonly staticPort: number;
  /** The command line wants an upstream even when there is none: this one is taken out again at once. */
  readonly firstApiPort: number;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Whether the proxy's process serves. */
  readonly isReady: () => boolean;
};

const pollMs = 50;
const maxWaitForChecksMs = 5000;

const idOf = (port: number): string => `127.0.0.1:${port}`;
const portOf = ({ id }: PoolUpstream): number => Number(id.slice(id.lastIndexOf(':') + 1));

/** Our own proxy: its upstreams are moved through its admin side, and its command line names them at each start. */
export const createProxyBalancer = (options: ProxyBalancerOptions): Balancer => {
  const { commands, host, port, adminPort, engine, policy, staticPort, firstApiPort, env, clock, isReady } =
    options;
  const admin = createProxyAdmin(adminPort);
  const wanted = new Map<number, 'serving' | 'draining'>();
  const inTurn = createSerialQueue();

  const adjust = async (): Promise<void> => {
    if (!isReady()) return;
    const found = new Map((await admin.upstreams()).map((upstream) => [portOf(upstream), upstream]));
    for (const [upstreamPort, role] of wanted) {
      const upstream = found.get(upstreamPort);
      const draining = role === 'draining';
      if (!upstream && !draining) await admin.add(upstreamUrl(upstreamPort));
      if (upstream && upstream.draining !== draining) await admin.setDraining(upstream.id, draining);
    }
    for (const [upstreamPort, { id }] of found) if (!wanted.has(upstreamPort)) await admin.remove(id);
  };
  /** One at a time: two that compare and change at once would undo each other. */
  const settle = (): Promise<void> => inTurn(adjust);
  const find = async (upstreamPort: number): Promise<PoolUpstream | undefined> =>
    (await admin.upstreams()).find(({ id }) => id === idOf(upstreamPort));
  const until = async (holds: () => Promise<boolean>, withinMs: number): Promise<void> => {
    const deadlineMs = clock.monotonicMs() + withinMs;
    while (isReady() && clock.monotonicMs() < deadlineMs && !(await holds())) await pause(clock, pollMs);
  };

  return {
    spec: {
      name: 'proxy',
      port,
      env,
      command: () => {
        const serving = [...wanted].filter(([, role]) => role === 'serving').map(([one]) => one);
        const apiPorts = serving.length > 0 ? serving : [firstApiPort];
        return commands.proxy({ host, port, adminPort, engine, policy, staticPort, apiPorts });
      },
    },
    async add(upstreamPort) {
      wanted.set(upstreamPort, 'serving');
      await settle();
      await until(async () => {
        const upstream = await find(upstreamPort);
        return upstream?.state === 'available' || upstream?.state === 'full';
      }, maxWaitForChecksMs);
    },
    async drain(upstreamPort) {
      wanted.set(upstreamPort, 'draining');
      await settle();
      await until(async () => ((await find(upstreamPort))?.inFlight ?? 0) === 0, maxDrainMs);
    },
    async remove(upstreamPort) {
      wanted.delete(upstreamPort);
      await settle();
    },
    async report() {
      if (!isReady()) return new Map();
      return new Map((await admin.upstreams()).map((upstream) => [portOf(upstream), upstream]));
    },
    becameReady: settle,
  };
};
