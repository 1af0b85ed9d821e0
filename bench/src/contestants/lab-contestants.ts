import { join } from 'node:path';
import { freePort } from '@tripod/testing/free-port';
import { readNodeScript } from '@tripod/testing/read-node-script';
import type { Contestant } from '../definition/run.ts';
import { databaseOf } from '../machine/start-database.ts';
import { startProcess } from '../machine/start-process.ts';

const redisOf = (urls: readonly string[]): string => urls.find((url) => url.startsWith('redis:')) ?? '';

/** One copy of the API with all resources, and with its state in Postgres or in Redis. */
export const labCopy = (name: string, state: 'postgres' | 'redis'): Contestant => ({
  name,
  about: `one copy of Tripod's API with all resources and its default settings, state in ${state}`,
  async start(place, urls) {
    const port = await freePort();
    const flags = { '--host': '127.0.0.1', '--port': port, '--name': name, '--drain-delay-ms': 0 };
    return startProcess(place, {
      name,
      core: place.cores.measured,
      url: `http://127.0.0.1:${port}`,
      readyPath: '/readyz',
      environment: {
        DATABASE_URL: databaseOf(urls, 'copy'),
        NODE_ENV: 'production',
        ...(state === 'redis' ? { STATE_URL: redisOf(urls) } : {}),
      },
      command: [
        process.execPath,
        ...readNodeScript(place.checkout, 'api-server'),
        ...Object.entries(flags).flat().map(String),
      ],
    });
  },
});

const stockProgram = join(import.meta.dirname, '../programs/stock-labs.ts');

/** The same contract implemented with Express and knex or node-redis, one statement per request. */
export const labStock = (name: string, state: 'postgres' | 'redis'): Contestant => ({
  name,
  about: `Express 5, cors, knex with a pool of 10, NODE_ENV=production, no log, counters in ${state}`,
  async start(place, urls) {
    const port = await freePort();
    return startProcess(place, {
      name,
      core: place.cores.measured,
      url: `http://127.0.0.1:${port}`,
      readyPath: '/livez',
      environment: { DATABASE_URL: databaseOf(urls, 'stock'), NODE_ENV: 'production' },
      command: [process.execPath, stockProgram, String(port), ...(state === 'redis' ? [redisOf(urls)] : [])],
    });
  },
});
