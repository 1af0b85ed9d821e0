import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { ListenError, listen } from '../process/listen.ts';

// Below the numbers that systems give to outgoing connections and to port 0: between asking for a port here and
// listening on it, nobody gets it by chance. Above those of the databases from npm.
const firstPort = 25_500;
const portCount = 7_200;

/** Where this process goes on: each begins at a place of its own, so that two of them meet seldom. */
let next: number | undefined;

const isFree = async (port: number): Promise<boolean> => {
  try {
    const { close } = await listen(createServer(), { host: 'localhost', port });
    await close();
    return true;
  } catch (error) {
    if (error instanceof ListenError) return false;
    throw error;
  }
};

/**
 * Ports in a row that were free a moment ago on both loopback addresses, and that this process was not given lately.
 * For processes that are told their port on the command line, and for listeners that come back on their port; all
 * else inside a test's own process listens on port 0.
 */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  let row: number[] = [];
  next ??= randomInt(portCount);
  for (let tries = 0; tries < portCount; tries += 1) {
    const port = firstPort + next;
    next = (next + 1) % portCount;
    // After the last number comes the first one, which is in no row with it.
    if (port === firstPort) row = [];
    row = (await isFree(port)) ? [...row, port] : [];
    if (row.length === count) return row;
  }
  throw new Error(`No ${count} ports in a row are free between ${firstPort} and ${firstPort + portCount}.`);
};

/** One of them. */
export const freePort = async (): Promise<number> => {
  const [port = 0] = await freePorts(1);
  return port;
};
