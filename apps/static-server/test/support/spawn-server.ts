import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNodeScript } from '@tripod/testing/read-node-script';
import { waitFor } from '@tripod/testing/wait-for';

const checkout = join(import.meta.dirname, '../../../..');

export type SpawnedServer = {
  readonly child: ChildProcess;
  readonly port: number;
  /** The resident memory now, and its peak, in MiB. Needs /proc. */
  residentMb(): number;
  peakMb(): number;
  kill(): Promise<void>;
};

/** Starts a static server in its own process, optionally with a limit of open files. Resolves when it is ready. */
export const spawnServer = async (
  args: readonly string[],
  { maxOpenFiles }: { readonly maxOpenFiles?: number } = {},
): Promise<SpawnedServer> => {
  const limit = maxOpenFiles === undefined ? '' : `ulimit -n ${maxOpenFiles} && `;
  // The command of the package script, so that tests measure what users start.
  const program = [process.execPath, ...readNodeScript(checkout, 'static-server')];
  const child = spawn('/bin/sh', ['-c', `${limit}exec "$0" "$@"`, ...program, '--port', '0', ...args], {
    cwd: checkout,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let port: string | undefined;
  child.stdout?.on('data', (piece: Buffer) => {
    port ??= /^port: (\d+)$/m.exec(piece.toString())?.[1];
  });
  await waitFor('readiness', () => port !== undefined);
  const read = (field: 'VmRSS' | 'VmHWM'): number => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  };
  return {
    child,
    port: Number(port),
    residentMb: () => read('VmRSS'),
    peakMb: () => read('VmHWM'),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
};
