import { createServer } from 'node:net';
import { listen } from '../process/listen.ts';

/**
 * A port that was free a moment ago on both loopback addresses. For processes that are told their port on the
 * command line; everything inside the test's own process listens on port 0.
 */
export const freePort = async (): Promise<number> => {
  const { port, close } = await listen(createServer(), { host: 'localhost', port: 0 });
  await close();
  return port;
};

/** Several of them, all different. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
};
