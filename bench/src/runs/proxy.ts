import { freePort, freePorts } from '@tripod/shared/testing/free-port';
import { startNginx } from '../machine/start-nginx.ts';
import { startProcess } from '../machine/start-process.ts';
import type { Contestant, Place, Run } from '../run.ts';

/** 370 bytes of JSON, about what two images take. */
const body = JSON.stringify({ filler: 'x'.repeat(370 - '{"filler":""}'.length) });

/** Three ports that answer everything with the same JSON. */
const startUpstreams = async (place: Place): Promise<readonly string[]> => {
  const urls = (await freePorts(3)).map((port) => `http://127.0.0.1:${port}`);
  const listen = urls.map((url) => `listen ${url.replace('http://', '')};`).join(' ');
  const http = `access_log off;
  server { ${listen} location / { default_type application/json; return 200 '${body}'; } }`;
  await startNginx(place, { name: 'upstreams', core: place.cores.upstreams, url: urls[0] ?? '', http });
  return urls;
};

/** nginx as one would tune it for this: kept connections, large buffers, a buffered log, forwarded headers. */
const startPeer = async (place: Place, upstreams: readonly string[]): Promise<Contestant> => {
  const port = await freePort();
  const servers = upstreams.map((url) => `server ${url.replace('http://', '')};`).join(' ');
  const http = `access_log ${place.folder}/access.log combined buffer=64k flush=1s;
  upstream api { ${servers} keepalive 300; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location /api/ {
      proxy_pass http://api/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_buffer_size 64k;
      proxy_buffers 16 64k;
      proxy_busy_buffers_size 128k;
      proxy_max_temp_file_size 0;
    }
  }`;
  const url = `http://127.0.0.1:${port}`;
  return startNginx(place, { name: 'nginx', core: place.cores.measured, url, http, readyPath: '/api/' });
};

const startOurs = async (place: Place, upstreams: readonly string[]): Promise<Contestant> => {
  const [port = 0, adminPort = 0] = await freePorts(2);
  const options = {
    '--host': '127.0.0.1',
    '--port': port,
    '--admin-port': adminPort,
    '--engine': 'http-proxy',
    '--route': `/api/=${upstreams.join(',')}`,
    '--drain-delay-ms': 0,
  };
  const bin = `${place.checkout}/apps/proxy/bin/proxy.js`;
  return startProcess(place, {
    name: 'http-proxy',
    core: place.cores.measured,
    url: `http://127.0.0.1:${port}`,
    readyPath: '/api/',
    command: [process.execPath, bin, ...Object.entries(options).flat().map(String)],
  });
};

export const run: Run = {
  about: 'our proxy with the engine http-proxy against nginx, three upstreams, one core each',
  loads: [
    { name: 'GET 370 B, kept connections', tool: 'wrk', path: '/api/images.json', connections: 32 },
    { name: 'GET 370 B, new connections', tool: 'ab', path: '/api/images.json', connections: 25 },
  ],
  async start(place) {
    const upstreams = await startUpstreams(place);
    return { measured: await startOurs(place, upstreams), peer: await startPeer(place, upstreams) };
  },
};
