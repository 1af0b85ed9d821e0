import { StartError } from '@tripod/shared/errors/start-error';
import { isPortFree } from '@tripod/shared/os/is-port-free';

// Above the ports of the labs and of the embedded Postgres, below those that the system gives to clients.
const firstPort = 20_000;
const portCount = 5_000;

/** Returns this many free ports in a row. `random` is a number from 0 to below 1, at which the search begins. */
export const chooseFreePorts = async (count: number, random: number): Promise<readonly number[]> => {
  const start = Math.floor(random * portCount);
  let row: number[] = [];
  for (let tries = 0; tries < portCount; tries += 1) {
    const port = firstPort + ((start + tries) % portCount);
    if (port === firstPort) row = [];
    row = (await isPortFree(port)) ? [...row, port] : [];
    if (row.length === count) return row;
  }
  throw new StartError(
    `No ${count} ports in a row are free between ${firstPort} and ${firstPort + portCount}.`,
  );
};
