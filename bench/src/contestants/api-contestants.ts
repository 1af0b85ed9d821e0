import { join } from 'node:path';
import { freePort } from '@tripod/testing/free-port';
import type { Contestant, Running } from '../definition/run.ts';
import { startCopy, startStock } from '../machine/start-api.ts';
import { databaseOf } from '../machine/start-database.ts';
import { startProcess } from '../machine/start-process.ts';

/** One copy of Tripod's API on the database with this name. */
export const tripodApi = (name: string, database: string): Contestant => ({
  name,
  about: `one copy of Tripod's API with its default settings and the node options of pnpm api-server, on the database ${database}`,
  start: (place, urls) => startCopy(place, { name, databaseUrl: databaseOf(urls, database) }),
});

/** Takes one processor profile after the other. A failure means that the copy has ended, which its load notices. */
const profileUntilAborted = async (url: string, signal: AbortSignal): Promise<void> => {
  try {
    for (;;) await (await fetch(`${url}/debug/pprof/profile?seconds=60`, { signal })).arrayBuffer();
  } catch {
    // The stack is unwinding, or the copy is gone.
  }
};

/** One copy of Tripod's API of which a processor profile is being taken all the time. */
export const profiledApi = (name: string, database: string): Contestant => ({
  ...tripodApi(name, database),
  about: `one copy of Tripod's API of which a processor profile is being taken all the time, on the database ${database}`,
  async start(place, urls): Promise<Running> {
    const running = await startCopy(place, { name, databaseUrl: databaseOf(urls, database) });
    const stop = new AbortController();
    const profiling = profileUntilAborted(running.url, stop.signal);
    place.stack.push('the profiles', () => {
      stop.abort();
      return profiling;
    });
    return running;
  },
});

/** The stock API on the database with this name. */
export const stockApi = (name: string, database: string): Contestant => ({
  name,
  about: `Express 5, cors, knex with a pool of 10, ETag, NODE_ENV=production, no log, on the database ${database}`,
  start: (place, urls) => startStock(place, { name, databaseUrl: databaseOf(urls, database) }),
});

const constantProgram = join(import.meta.dirname, '../programs/constant-answer.ts');

/** The upper limit for a server on node:http. */
export const constantAnswer: Contestant = {
  name: 'constant',
  about: 'node:http with a constant response: no routes, no database, no log',
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

/** Follows the pages and returns the cursor after `rows` rows. Throws when there are fewer rows. */
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

/** One copy of Tripod's API; the load requests the page that begins after `rows` rows. */
export const pageAfter = (name: string, database: string, rows: number): Contestant => ({
  ...tripodApi(name, database),
  about: `one copy of Tripod's API, the page after ${rows} rows, on the database ${database}`,
  async start(place, urls): Promise<Running> {
    const running = await startCopy(place, { name, databaseUrl: databaseOf(urls, database) });
    const cursor = await findCursor(running.url, rows);
    return { ...running, path: `/images.json?limit=50${cursor === undefined ? '' : `&after=${cursor}`}` };
  },
});
