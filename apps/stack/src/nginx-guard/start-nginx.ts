import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { StartError } from '@tripod/shared/errors/start-error';
import type { Logger } from '@tripod/shared/logging/logger';
import type { ProcessTable } from '@tripod/shared/os/process-table';
import type { RunningService } from '@tripod/shared/process/run-cli';
import { findLeftNginx } from '../nginx/find-left-nginx.ts';
import { reachableHost } from '../reachable-host.ts';
import { endLeftovers } from '../supervisor/end-leftovers.ts';

export type NginxOptions = {
  readonly nginx: string;
  readonly file: string;
  readonly pidFile: string;
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly table: ProcessTable;
  /** nginx ended by itself. */
  readonly onDeath: () => void;
};

const pollMs = 50;
const graceMs = 10_000;

const accepts = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Starts nginx and waits until it accepts connections. A guard that was killed may have left one: it is ended first. */
export const startNginx = async (options: NginxOptions): Promise<RunningService> => {
  const { nginx, file, pidFile, host, port, clock, logger, table, onDeath } = options;
  await endLeftovers(findLeftNginx(pidFile, file, port), { table, clock });
  const reached = reachableHost(host);
  // Its own error log is stderr, which it never opens: any kind of pipe will do there.
  const child = spawn(nginx, ['-e', 'stderr', '-c', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  while (!ended(child) && child.pid !== undefined && !(await accepts(reached.replace(/[[\]]/g, ''), port)))
    await pause(clock, pollMs);
  if (ended(child) || child.pid === undefined)
    throw new StartError('nginx did not start; it says why above.');

  let stopping = false;
  void gone.then(() => {
    if (!stopping) onDeath();
  });
  const url = `http://${reached}:${port}`;
  logger.info('proxy listens', { url, nginx });
  return {
    url,
    stop: async () => {
      stopping = true;
      child.kill('SIGQUIT');
      const late = clock.after(graceMs, () => child.kill('SIGTERM'));
      await gone;
      late.cancel();
    },
  };
};
