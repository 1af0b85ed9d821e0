import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { createSerialQueue } from '@tripod/shared/async/serial-queue';
import { StartError } from '@tripod/shared/errors/start-error';
import type { ProcessTable } from '@tripod/shared/os/process-table';
import { type Balancer, maxDrainMs } from '../balancer/balancer.ts';
import type { Route } from '../balancer/route.ts';
import { generateNginxConfig, nginxAccessLog, nginxConfigFile, nginxPidFile } from './nginx-config.ts';

export type NginxBalancerOptions = {
  /** The path of nginx. */
  readonly nginx: string;
  /** The folder of nginx.conf and mime.types. */
  readonly templateDir: string;
  /** A folder for the generated configuration and the files of nginx. It is created. */
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly routes: readonly Route[];
  readonly ipv6: boolean;
  readonly clock: Clock;
  readonly table: ProcessTable;
  /** Whether the process of nginx serves. */
  readonly isReady: () => boolean;
};

const pollMs = 50;
const maxReloadMs = 5000;

/** Controls nginx by a configuration that is generated from config/nginx.conf and reloaded when copies change. */
export const createNginxBalancer = (options: NginxBalancerOptions): Balancer => {
  const { nginx, templateDir, dir, host, port, routes, ipv6, clock, table, isReady } = options;
  const file = nginxConfigFile(dir);
  const mimeTypes = join(templateDir, 'mime.types');
  const serving = new Map(routes.map(({ pool }) => [pool, new Set<number>()]));
  mkdirSync(dir, { recursive: true });

  const writeConfig = (): void => {
    const pools = Object.fromEntries(
      [...serving].map(([pool, ports]) => [pool, [...ports].sort((a, b) => a - b)]),
    );
    const template = readFileSync(join(templateDir, 'nginx.conf'), 'utf8');
    writeFileSync(file, generateNginxConfig(template, { host, port, pools, routes, dir, mimeTypes, ipv6 }));
  };
  const waitUntil = async (isMet: () => boolean, withinMs: number): Promise<void> => {
    const deadlineMs = clock.monotonicMs() + withinMs;
    while (!isMet() && isReady() && clock.monotonicMs() < deadlineMs) await pause(clock, pollMs);
  };
  const hasEnded = (pid: number): boolean => table.commandOf(pid) === undefined;
  /** An old worker accepts connections until its process title has this text, shortly after the new workers do. */
  const isShuttingDown = (pid: number): boolean => table.commandOf(pid)?.includes('is shutting down') ?? true;

  /** New workers take over at once; the old ones end after their last request, for which this waits `drainMs`. */
  const reload = async (drainMs: number): Promise<void> => {
    writeConfig();
    if (!isReady()) return;
    const master = Number(readFileSync(nginxPidFile(dir), 'utf8'));
    const oldWorkers = table.childrenOf(master);
    const hasNewWorkers = (): boolean => table.childrenOf(master).some((pid) => !oldWorkers.includes(pid));
    table.signal(master, 'SIGHUP');
    await waitUntil(hasNewWorkers, maxReloadMs);
    if (isReady() && !hasNewWorkers()) {
      throw new StartError('nginx did not accept the new configuration; its reason: pnpm stack logs nginx');
    }
    await waitUntil(() => oldWorkers.every(isShuttingDown), maxReloadMs);
    await waitUntil(() => oldWorkers.every(hasEnded), drainMs);
  };
  const inTurn = createSerialQueue();
  const portsOf = (pool: string): Set<number> => serving.get(pool) ?? new Set();

  return {
    logsUpstreams: false,
    accessLog: nginxAccessLog(dir),
    command() {
      writeConfig();
      // `-e stderr`: nginx writes to the open descriptor, which may be a socket that it could not open by its path.
      return { type: 'binary', file: nginx, args: ['-e', 'stderr', '-c', file], stopSignal: 'SIGQUIT' };
    },
    add(pool, copyPort) {
      portsOf(pool).add(copyPort);
      return inTurn(() => reload(0));
    },
    drain(pool, copyPort) {
      portsOf(pool).delete(copyPort);
      return inTurn(() => reload(maxDrainMs));
    },
    remove: () => Promise.resolve(),
    reload: () => inTurn(() => reload(0)),
    report: () => Promise.resolve(new Map()),
    becameReady: () => Promise.resolve(),
  };
};
