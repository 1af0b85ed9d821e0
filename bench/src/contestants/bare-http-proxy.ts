import { join } from 'node:path';
import { freePort } from '@tripod/testing/free-port';
import type { Contestant } from '../definition/run.ts';
import { startProcess } from '../machine/start-process.ts';

const program = join(import.meta.dirname, '../programs/bare-http-proxy.ts');

/** The bare package, to measure the cost of the engine around it. */
export const bareHttpProxy: Contestant = {
  name: 'bare',
  about: 'the npm package http-proxy with a keep-alive agent and a log only: no checks, no retries',
  async start(place, urls) {
    const port = await freePort();
    const command = [
      process.execPath,
      program,
      String(port),
      `${place.folder}/bare-access.log`,
      ...urls,
    ] as const;
    return startProcess(place, {
      name: 'bare',
      core: place.cores.measured,
      url: `http://127.0.0.1:${port}`,
      readyPath: '/api/images.json',
      command: [...command],
    });
  },
};
