import { createServer } from 'node:net';

// Below the range from which systems take the ports of outgoing connections, so a restart finds its port free.
const firstPort = 15_432;
const portCount = 10_000;

const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** The first free port of 127.0.0.1 among those preferred, else from a place in 15432 to 25431 that the seed picks. */
export const findFreePort = async (seed: number, preferred: readonly number[] = []): Promise<number> => {
  for (const port of preferred) if (await isPortFree(port)) return port;
  for (let step = 0; step < portCount; step += 1) {
    const port = firstPort + ((seed + step) % portCount);
    if (await isPortFree(port)) return port;
  }
  throw new Error(
    'No port between 15432 and 25431 is free for the database: end something that listens there.',
  );
};
