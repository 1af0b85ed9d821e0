import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePorts } from '@tripod/testing/free-port';
import type { Contestant, Place } from '../definition/run.ts';
import { findProgram } from '../machine/find-program.ts';
import { startProcess } from '../machine/start-process.ts';

/** One thread. The access log is buffered in a ring and written in batches, as with nginx and Tripod. */
export const haproxyConfig = (
  urls: readonly string[],
  { port, logPort }: { readonly port: number; readonly logPort: number },
): string => `global
  nbthread 1
  maxconn 16000
  no strict-limits
  tune.bufsize 65536
  log tcp4@127.0.0.1:${logPort} len 1024 format raw local0

defaults
  mode http
  log global
  log-format "%ci - - [%trg] %{+Q}r %ST %B - -"
  timeout connect 1s
  timeout client 65s
  timeout server 30s
  timeout http-request 10s
  timeout http-keep-alive 65s
  retries 3
  option redispatch 1
  http-reuse always

frontend clients
  bind 127.0.0.1:${port} backlog 4096
  option forwardfor
  http-request replace-path /api/(.*) /\\1
  default_backend api

backend api
  balance roundrobin
  option httpchk GET /readyz
  default-server check inter 1s fall 2 rise 1
${urls.map((url, index) => `  server api-${index + 1} ${url.replace('http://', '')}`).join('\n')}
`;

const canConnect = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

const startLogReceiver = (place: Place, logPort: number) =>
  startProcess(place, {
    name: 'haproxy-log',
    core: place.cores.upstreams,
    url: `tcp://127.0.0.1:${logPort}`,
    isReady: () => canConnect(logPort),
    command: [
      process.execPath,
      join(import.meta.dirname, '../programs/log-receiver.ts'),
      String(logPort),
      join(place.folder, 'haproxy-access.log'),
    ],
  });

/** HAProxy, a second peer. */
export const haproxy: Contestant = {
  name: 'haproxy',
  about:
    'one thread, http-reuse always, bufsize 64k, log by ring and TCP to a receiver on the other core, checks each 1 s',
  programs: ['haproxy'],
  async start(place, urls) {
    const [port = 0, logPort = 0] = await freePorts(2);
    await startLogReceiver(place, logPort);
    const file = join(place.folder, 'haproxy.cfg');
    writeFileSync(file, haproxyConfig(urls, { port, logPort }));
    return startProcess(place, {
      name: 'haproxy',
      core: place.cores.measured,
      url: `http://127.0.0.1:${port}`,
      readyPath: '/api/images.json',
      // -db: one process in the foreground.
      command: [findProgram('haproxy', process.env['PATH'] ?? '') ?? 'haproxy', '-db', '-f', file],
    });
  },
};
