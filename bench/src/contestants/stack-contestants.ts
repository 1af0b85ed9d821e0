import { join } from 'node:path';
import { freePort } from '@tripod/testing/free-port';
import type { Contestant, Place, Running } from '../definition/run.ts';
import { type ApiOptions, startCopy, startStock } from '../machine/start-api.ts';
import { databaseOf } from '../machine/start-database.ts';
import { startNginx } from '../machine/start-nginx.ts';
import { nginxProxyConfig } from './nginx-proxy.ts';
import { startStatic } from './static-contestants.ts';
import { tripodProxy } from './tripod-proxy.ts';

type Start = (place: Place, options: ApiOptions) => Promise<Running>;

/** Starts three copies of an API, as processes of the contestant in front of them. */
const startThree = async (
  place: Place,
  {
    name,
    start,
    databaseUrl,
  }: { readonly name: string; readonly start: Start; readonly databaseUrl: string },
): Promise<readonly Running[]> => {
  const copies: Running[] = [];
  for (let number = 1; number <= 3; number += 1) {
    copies.push(await start(place, { name: `${name}-${number}`, databaseUrl }));
  }
  return copies;
};

/** A system of a proxy and three copies. Its processor time is that of all its processes, without Postgres. */
const inFrontOf = (proxy: Contestant, start: Start, about: string): Contestant => ({
  ...proxy,
  about,
  async start(place, urls) {
    const databaseUrl = databaseOf(urls, 'images');
    const copies = await startThree(place, { name: proxy.name, start, databaseUrl });
    const front = await proxy.start(
      place,
      copies.map(({ url }) => url),
    );
    return { ...front, pids: [...front.pids, ...copies.flatMap(({ pids }) => pids)] };
  },
});

const nginxInFront = (name: string): Contestant => ({
  name,
  about: '',
  programs: ['nginx'],
  async start(place, urls) {
    const port = await freePort();
    const http = nginxProxyConfig(place, { port, urls, name });
    const url = `http://127.0.0.1:${port}`;
    const readyPath = '/api/images.json';
    return startNginx(place, { name, core: place.cores.measured, url, http, readyPath });
  },
});

/** nginx and the stock API. */
export const nginxWithStockApi = inFrontOf(
  nginxInFront('nginx-stock'),
  startStock,
  'nginx in front of three copies of the stock API (Express and knex)',
);

export const nginxWithTripodApi = inFrontOf(
  nginxInFront('nginx-copies'),
  startCopy,
  "nginx in front of three copies of Tripod's API",
);

/** Tripod's proxy and API. */
export const tripod = inFrontOf(
  tripodProxy({ name: 'tripod', about: '' }),
  startCopy,
  'Tripod: its proxy in front of three copies of its API',
);

export const idleCopy: Contestant = {
  name: 'idle-copy',
  about: "one idle copy of Tripod's API",
  start: (place, urls) => startCopy(place, { name: 'idle-copy', databaseUrl: databaseOf(urls, 'images') }),
};

export const idleStatic: Contestant = {
  name: 'idle-static',
  about: "Tripod's static server with the gallery, idle",
  start: (place) =>
    startStatic(place, { name: 'idle-static', folder: join(place.checkout, 'assets'), readyPath: '/' }),
};
