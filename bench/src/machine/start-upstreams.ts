import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@tripod/testing/free-port';
import type { Place } from '../definition/run.ts';
import { startNginx } from './start-nginx.ts';

/** 370 bytes of JSON, about the size of two images. */
const smallBody = JSON.stringify({ filler: 'x'.repeat(370 - '{"filler":""}'.length) });

const files = { '100k.bin': 100_000, '10m.bin': 10_000_000 } as const;

/** Starts one nginx on three ports. It answers 370 bytes of JSON, and larger files on two paths. */
export const startUpstreams = async (place: Place): Promise<readonly string[]> => {
  const folder = join(place.folder, 'files');
  mkdirSync(folder);
  // When root starts nginx, the worker runs as another user.
  for (const one of [place.folder, folder]) chmodSync(one, 0o755);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), randomBytes(bytes));
  const urls = (await freePorts(3)).map((port) => `http://127.0.0.1:${port}`);
  const listen = urls.map((url) => `listen ${url.replace('http://', '')} backlog=4096;`).join(' ');
  const http = `access_log off;
  sendfile on;
  open_file_cache max=10;
  server {
    ${listen}
    root ${folder};
    location / { default_type application/json; return 200 '${smallBody}'; }
    location ~ [.]bin$ { default_type application/octet-stream; }
  }`;
  await startNginx(place, { name: 'upstreams', core: place.cores.upstreams, url: urls[0] ?? '', http });
  return urls;
};
