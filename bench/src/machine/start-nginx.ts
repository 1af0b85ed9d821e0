import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place, Running } from '../definition/run.ts';
import { findProgram } from './find-program.ts';
import { startProcess } from './start-process.ts';

export type NginxOptions = {
  readonly name: string;
  readonly core: number | undefined;
  readonly url: string;
  /** Content of `http { … }`. */
  readonly http: string;
  readonly readyPath?: string;
};

/** One worker, limits that a benchmark does not reach, no files outside of the folder of the run. */
const nginxConfig = (folder: string, name: string, http: string): string => `
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid ${folder}/${name}.pid;
error_log stderr warn;
events { worker_connections 12000; }
http {
  client_body_temp_path ${folder};
  proxy_temp_path ${folder};
  fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder};
  scgi_temp_path ${folder};
  keepalive_timeout 65s;
  keepalive_requests 1000000;
  tcp_nodelay on;
  ${http}
}
`;

/** Starts an nginx with one worker in the foreground. */
export const startNginx = (place: Place, options: NginxOptions): Promise<Running> => {
  const { name, core, url, http, readyPath } = options;
  const file = join(place.folder, `${name}.conf`);
  writeFileSync(file, nginxConfig(place.folder, name, http));
  return startProcess(place, {
    name,
    core,
    url,
    ...(readyPath === undefined ? {} : { readyPath }),
    command: [findProgram('nginx', process.env['PATH'] ?? '') ?? 'nginx', '-e', 'stderr', '-c', file],
  });
};
