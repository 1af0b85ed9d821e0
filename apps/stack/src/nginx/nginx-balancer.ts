import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { createSerialQueue } from '@tripod/shared/async/serial-queue';
import { StartError } from '@tripod/shared/errors/start-error';
import type { ProcessTable } from '@tripod/shared/os/process-table';
import { type Balancer, maxDrainMs } from '../balancer/balancer.ts';
import { generateNginxConfig, nginxConfigFile, nginxPidFile } from './nginx-config.ts';

export type NginxBalancerOptions = {
  readonly checkout: string;
  /** The nginx to run. */
  readonly nginx: string;
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly staticPort: number;
  readonly ipv6: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly table: ProcessTable;
  /** Whether its guard, and so nginx, serves. */
  readonly isReady: () => boolean;
};

const pollMs = 50;
const maxReloadMs = 5000;

/** nginx with a copy of config/nginx.conf that is written anew, and reloaded, whenever the copies change. */
export const createNginxBalancer = (options: NginxBalancerOptions): Balancer => {
  const { checkout, nginx, dir, host, port, staticPort, ipv6, env, clock, table, isReady } = options;
  const file = nginxConfigFile(dir);
  const template = readFileSync(join(checkout, 'config', 'nginx.conf'), 'utf8');
  const mimeTypes = join(checkout, 'config', 'mime.types');
  const serving = new Set<number>();
  mkdirSync(dir, { recursive: true });

  const write = (): void => {
    const apiPorts = [...serving].sort((a, b) => a - b);
    writeFileSync(
      file,
      generateNginxConfig(template, { host, port, apiPorts, staticPort, dir, mimeTypes, ipv6 }),
    );
  };
  const until = async (holds: () => boolean, withinMs: number): Promise<boolean> => {
    const deadlineMs = clock.monotonicMs() + withinMs;
    while (!holds() && isReady() && clock.monotonicMs() < deadlineMs) await pause(clock, pollMs);
    return holds();
  };
  const isGone = (pid: number): boolean => table.commandOf(pid) === undefined;
  /** A worker accepts until it calls itself by this name, a moment after the new ones do. */
  const leaves = (pid: number): boolean => table.commandOf(pid)?.includes('is shutting down') ?? true;
  /** New workers take over at once; the old ones end when their last request is answered. */
  const reload = async (waitForOldMs: number): Promise<void> => {
    write();
    if (!isReady()) return;
    const master = Number(readFileSync(nginxPidFile(dir), 'utf8'));
    const before = table.childrenOf(master);
    table.signal(master, 'SIGHUP');
    const changed = await until(
      () => table.childrenOf(master).some((pid) => !before.includes(pid)),
      maxReloadMs,
    );
    if (!changed && isReady()) {
      throw new StartError('nginx did not take the new configuration; its reason: pnpm stack logs proxy');
    }
    await until(() => before.every(leaves), maxReloadMs);
    await until(() => before.every(isGone), waitForOldMs);
  };
  const inTurn = createSerialQueue();
  const change = (waitForOldMs: number): Promise<void> => inTurn(() => reload(waitForOldMs));

  return {
    spec: {
      name: 'proxy',
      port,
      env,
      command: () => {
        write();
        return {
          file: join(import.meta.dirname, '..', 'nginx-guard', 'cli.ts'),
          args: [
            ...['--nginx', nginx, '--file', file, '--pid-file', nginxPidFile(dir)],
            ...['--host', host, '--port', `${port}`],
          ],
        };
      },
    },
    add(apiPort) {
      serving.add(apiPort);
      return change(0);
    },
    drain(apiPort) {
      serving.delete(apiPort);
      return change(maxDrainMs);
    },
    remove: () => Promise.resolve(),
    report: () => Promise.resolve(new Map()),
    becameReady: () => Promise.resolve(),
  };
};
