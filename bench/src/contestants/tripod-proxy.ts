import { freePorts } from '@tripod/testing/free-port';
import type { Contestant } from '../definition/run.ts';
import { startProcess } from '../machine/start-process.ts';

/**
 * Tripod's proxy with its defaults: checks, metrics, retries, limits and time-outs enabled; the access log goes to a
 * file.
 */
export const tripodProxy = ({
  name,
  about,
  options = {},
}: {
  readonly name: string;
  readonly about: string;
  /** More flags of the proxy, such as `--engine`. */
  readonly options?: Readonly<Record<string, string>>;
}): Contestant => ({
  name,
  about,
  async start(place, urls) {
    const [port = 0, adminPort = 0] = await freePorts(2);
    const flags = {
      '--host': '127.0.0.1',
      '--port': port,
      '--admin-port': adminPort,
      '--route': `/api/=${urls.join(',')}`,
      '--drain-delay-ms': 0,
      ...options,
    };
    const bin = `${place.checkout}/apps/proxy/bin/proxy.js`;
    return startProcess(place, {
      name,
      core: place.cores.measured,
      url: `http://127.0.0.1:${port}`,
      readyPath: '/api/images.json',
      command: [process.execPath, bin, ...Object.entries(flags).flat().map(String)],
    });
  },
});
