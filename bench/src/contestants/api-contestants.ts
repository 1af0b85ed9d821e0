import { join } from 'node:path';
import { freePort } from '@tripod/testing/free-port';
import { startCopy, startStock } from '../machine/start-api.ts';
import { databaseOf } from '../machine/start-database.ts';
import { startProcess } from '../machine/start-process.ts';
import type { Contestant, Running } from '../run.ts';

/** One copy of our API on the database of that name. */
export const ourApi = (name: string, database: string): Contestant => ({
  name,
  about: `one copy of our API with its default settings, node with the options of pnpm api-server, on the database ${database}`,
  start: (place, urls) => startCopy(place, { name, databaseUrl: databaseOf(urls, database) }),
});

/** The API from the manuals on the database of that name. */
export const stockApi = (name: string, database: string): Contestant => ({
  name,
  about: `Express 5, cors, knex with a pool of 10, ETag, NODE_ENV=production, no log, on the database ${database}`,
  start: (place, urls) => startStock(place, { name, databaseUrl: databaseOf(urls, database) }),
});

const constantProgram = join(import.meta.dirname, '../programs/constant-answer.ts');

/** The ceiling of what node:http can do. */
export const constantAnswer: Contestant = {
  name: 'constant',
  about: 'node:http that writes a constant: no routes, no database, no log',
  async start(place) {
    const port = await freePort();
    return startProcess(place, {
      name: 'constant',
      core: place.cores.measured,
      url: `http://127.0.0.1:${port}`,
      command: [process.execPath, constantProgram, String(port)],
    });
  },
};

const pageRows = 1000;

/** Follows the pages until so many rows lie behind. Throws when there are fewer. */
const findCursor = async (url: string, rows: number): Promise<string | undefined> => {
  let cursor: string | undefined;
  for (let done = 0; done < rows; done += pageRows) {
    const after = cursor === undefined ? '' : `&after=${cursor}`;
    const response = await fetch(`${url}/images.json?limit=${pageRows}${after}`);
    await response.arrayBuffer();
    cursor = /[?&]after=([^&>]+)/.exec(response.headers.get('link') ?? '')?.[1];
    if (cursor === undefined) throw new Error(`there are fewer than ${rows} rows`);
  }
  return cursor;
};

/** One copy of our API, asked for the page that begins after so many rows. */
export const pageAfter = (name: string, database: string, rows: number): Contestant => ({
  ...ourApi(name, database),
  about: `one copy of our API, asked for a page after ${rows} rows, on the database ${database}`,
  async start(place, urls): Promise<Running> {
    const running = await startCopy(place, { name, databaseUrl: databaseOf(urls, database) });
    const cursor = await findCursor(running.url, rows);
    return { ...running, path: `/images.json?limit=50${cursor === undefined ? '' : `&after=${cursor}`}` };
  },
});
