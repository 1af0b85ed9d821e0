import { freePort } from '@tripod/testing/free-port';
import { readNodeScript } from '@tripod/testing/read-node-script';
import type { Contestant, Place, Running } from '../definition/run.ts';
import { startNginx } from '../machine/start-nginx.ts';
import { startProcess } from '../machine/start-process.ts';

const readyPath = '/small.html';

/** The run prepares one address: the folder to serve, as a file URL. */
const folderOf = ([url = '']: readonly string[]): string => new URL(url).pathname;

/** Starts Tripod's static server on the folder, with the node options of `pnpm static-server`. */
export const startStatic = async (
  place: Place,
  { name, folder, readyPath }: { readonly name: string; readonly folder: string; readonly readyPath: string },
): Promise<Running> => {
  const port = await freePort();
  const flags = { '--path': folder, '--host': '127.0.0.1', '--port': port, '--drain-delay-ms': 0 };
  return startProcess(place, {
    name,
    core: place.cores.measured,
    url: `http://127.0.0.1:${port}`,
    readyPath,
    command: [
      process.execPath,
      ...readNodeScript(place.checkout, 'static-server'),
      ...Object.entries(flags).flat().map(String),
    ],
  });
};

export const tripodStatic: Contestant = {
  name: 'static',
  about: "Tripod's static server with its default settings and the node options of pnpm static-server",
  start: (place, urls) => startStatic(place, { name: 'static', folder: folderOf(urls), readyPath }),
};

export const nginxStatic: Contestant = {
  name: 'nginx',
  about: 'one worker, sendfile, open_file_cache, gzip_static, access_log buffer=64k',
  programs: ['nginx'],
  async start(place, urls) {
    const port = await freePort();
    const http = `access_log ${place.folder}/nginx-access.log combined buffer=64k flush=1s;
  types { text/html html; text/css css; image/jpeg jpg; }
  sendfile on;
  tcp_nopush on;
  open_file_cache max=1000 inactive=60s;
  gzip_static on;
  gzip_vary on;
  server { listen 127.0.0.1:${port} backlog=4096; root ${folderOf(urls)}; }`;
    const url = `http://127.0.0.1:${port}`;
    return startNginx(place, { name: 'nginx', core: place.cores.measured, url, http, readyPath });
  },
};
