import { isPortFree } from '@tripod/shared/os/is-port-free';

// Below the ports that systems give to outgoing connections, so that a restart finds its port free.
const firstPort = 15_432;
const portCount = 10_000;

/**
 * Returns the first preferred port that is free on loopback, otherwise a free one from 15432 to 25431. The seed chooses
 * where the search begins. Throws when all are taken.
 */
export const findFreePort = async (seed: number, preferred: readonly number[] = []): Promise<number> => {
  for (const port of preferred) if (await isPortFree(port)) return port;
  for (let step = 0; step < portCount; step += 1) {
    const port = firstPort + ((seed + step) % portCount);
    if (await isPortFree(port)) return port;
  }
  throw new Error(
    'No port between 15432 and 25431 is free for the database: stop a program that listens there.',
  );
};
