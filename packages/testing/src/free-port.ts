import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { isPortFree } from '@tripod/shared/os/is-port-free';

// Below the ephemeral range, so that no process gets the port by chance before the test listens on it. Above the ports
// of the embedded Postgres.
const firstPort = 25_500;
const portCount = 7_200;

/** The offset at which this process continues its search. Each process starts at a random offset. */
let next: number | undefined;

/**
 * Reserves a port for this process until it ends, by an abstract Unix socket that contains the port in its name. Two
 * processes that search at the same time thus get different ports. Without abstract sockets there is no reservation.
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
 * Returns consecutive ports that are free on both loopback addresses, and reserves them for this process. Use them for
 * processes that take their port on the command line, for listeners that restart on the same port, and for tests that
 * expect a refused connection. Everything else in a test listens on port 0.
 */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  let row: number[] = [];
  next ??= randomInt(portCount);
  for (let tries = 0; tries < portCount; tries += 1) {
    const port = firstPort + next;
    next = (next + 1) % portCount;
    // The search wraps around after the last port, where a row ends.
    if (port === firstPort) row = [];
    row = (await reserve(port)) && (await isPortFree(port)) ? [...row, port] : [];
    if (row.length === count) return row;
  }
  throw new Error(`No ${count} ports in a row are free between ${firstPort} and ${firstPort + portCount}.`);
};

/** Returns one such port; see `freePorts`. */
export const freePort = async (): Promise<number> => {
  const [port = 0] = await freePorts(1);
  return port;
};
