import { join } from 'node:path';
import { checkout, exited, spawnNode } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';

export type StartedStaticServer = {
  readonly port: number;
  readonly stop: () => Promise<void>;
};

/** Starts the static server of the gallery by its command, on a free port, with further arguments. */
export const startStaticServer = async (...args: readonly string[]): Promise<StartedStaticServer> => {
  const { child, output } = spawnNode([
    join(checkout, 'apps/static-server/bin/static-server.js'),
    '--path',
    join(checkout, 'assets'),
    '--port',
    '0',
    '--drain-delay-ms',
    '0',
    ...args,
  ]);
  await waitFor('the static server to be ready', () => output().includes('"ready"') || undefined, 60_000);
  return {
    port: Number(/^port: (\d+)$/m.exec(output())?.[1]),
    stop: async () => {
      child.kill('SIGTERM');
      await exited(child);
    },
  };
};
