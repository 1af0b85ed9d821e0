import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { isPortFree } from '@tripod/shared/os/is-port-free';

// Below the numbers that systems give to outgoing connections and to port 0: between asking for a port here and
// listening on it, nobody gets it by chance. Above those of the databases from npm.
const firstPort = 25_500;
const portCount = 7_200;

/** Where this process goes on: each begins at a place of its own. */
let next: number | undefined;

/**
 * Takes a port's name in the one space of names that all processes share, until this process ends: of two that look at
 * the same time, before either listens, one goes on to the next port. Where there is no such space, luck has to do.
 */
const reserve = (port: number): Promise<boolean> =>
  platform() === 'linux'
    ? new Promise((resolve) => {
        const mark = createServer();
        mark.once('error', () => resolve(false));
        mark.listen(`\0tripod-test-port-${port}`, () => resolve(true)).unref();
      })
    : Promise.resolve(true);

/**
 * Ports in a row that were free a moment ago on both loopback addresses, and that are given to nobody else while this
 * process lives. For processes that are told their port on the command line, and for listeners that come back on their
 * port, or whose absence a test sees; all else inside a test's own process listens on port 0.
 */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  let row: number[] = [];
  next ??= randomInt(portCount);
  for (let tries = 0; tries < portCount; tries += 1) {
    const port = firstPort + next;
    next = (next + 1) % portCount;
    // After the last number comes the first one, which is in no row with it.
    if (port === firstPort) row = [];
    row = (await reserve(port)) && (await isPortFree(port)) ? [...row, port] : [];
    if (row.length === count) return row;
  }
  throw new Error(`No ${count} ports in a row are free between ${firstPort} and ${firstPort + portCount}.`);
};

/** One of them. */
export const freePort = async (): Promise<number> => {
  const [port = 0] = await freePorts(1);
  return port;
};
