import { freePort } from '@tripod/testing/free-port';
import type { Contestant, Place } from '../definition/run.ts';
import { startNginx } from '../machine/start-nginx.ts';

/** A server block that proxies /api/, tuned for speed: keep-alive to upstreams, large buffers, a buffered log. */
export const nginxProxyConfig = (
  { folder }: Pick<Place, 'folder'>,
  { port, urls, name }: { readonly port: number; readonly urls: readonly string[]; readonly name: string },
): string => {
  const servers = urls.map((url) => `server ${url.replace('http://', '')};`).join(' ');
  return `access_log ${folder}/${name}-access.log combined buffer=64k flush=1s;
  upstream api { ${servers} keepalive 300; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location /api/ {
      proxy_pass http://api/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_next_upstream_tries 3;
      proxy_next_upstream_timeout 10s;
      proxy_connect_timeout 1s;
      proxy_read_timeout 30s;
      proxy_buffer_size 64k;
      proxy_buffers 16 64k;
      proxy_busy_buffers_size 128k;
      proxy_max_temp_file_size 0;
    }
  }`;
};

/** nginx, the peer. */
export const nginxProxy: Contestant = {
  name: 'nginx',
  about: 'one worker, keepalive 300, proxy_buffers 16 64k, access_log buffer=64k, passive checks, 3 attempts',
  programs: ['nginx'],
  async start(place, urls) {
    const port = await freePort();
    return startNginx(place, {
      name: 'nginx',
      core: place.cores.measured,
      url: `http://127.0.0.1:${port}`,
      http: nginxProxyConfig(place, { port, urls, name: 'nginx' }),
      readyPath: '/api/images.json',
    });
  },
};
