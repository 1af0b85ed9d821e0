import { join } from 'node:path';
import { freePort } from '@tripod/testing/free-port';
import { readNodeScript } from '@tripod/testing/read-node-script';
import type { Place, Running } from '../definition/run.ts';
import { startProcess } from './start-process.ts';

export type ApiOptions = {
  readonly name: string;
  readonly databaseUrl: string;
};

const commonOptions = (name: string, port: number, core: number | undefined, databaseUrl: string) => ({
  name,
  core,
  url: `http://127.0.0.1:${port}`,
  readyPath: '/images.json',
  environment: { DATABASE_URL: databaseUrl, NODE_ENV: 'production' },
});

/** Starts one copy of Tripod's API with its defaults; the access log goes to a file. */
export const startCopy = async (place: Place, { name, databaseUrl }: ApiOptions): Promise<Running> => {
  const port = await freePort();
  const flags = { '--host': '127.0.0.1', '--port': port, '--name': name, '--drain-delay-ms': 0 };
  return startProcess(place, {
    ...commonOptions(name, port, place.cores.measured, databaseUrl),
    readyPath: '/readyz',
    command: [
      process.execPath,
      ...readNodeScript(place.checkout, 'api-server'),
      ...Object.entries(flags).flat().map(String),
    ],
  });
};

const stockProgram = join(import.meta.dirname, '../programs/stock-api.ts');

/** Starts one copy of the stock API. */
export const startStock = async (place: Place, { name, databaseUrl }: ApiOptions): Promise<Running> => {
  const port = await freePort();
  return startProcess(place, {
    ...commonOptions(name, port, place.cores.measured, databaseUrl),
    command: [process.execPath, stockProgram, String(port)],
  });
};
