import { join } from 'node:path';
import { StartError } from '@tripod/shared/errors/start-error';

export type NginxConfigInput = {
  readonly host: string;
  readonly port: number;
  readonly apiPorts: readonly number[];
  readonly staticPort: number;
  /** Where nginx keeps its pid, its access log and its temporary files. */
  readonly dir: string;
  readonly mimeTypes: string;
  /** Whether this machine has ::1; without it nginx would not start. */
  readonly ipv6: boolean;
};

/** nginx reads `$` as a variable even within quotes. */
const quote = (path: string): string => {
  if (/["\\$\n]/.test(path)) {
    throw new StartError(
      `nginx can not use the folder ${path}; choose one without quotes and $ with --state-dir.`,
    );
  }
  return `"${path}"`;
};

/** An upstream block may not be empty; one that is down is never asked. */
const serverLines = (ports: readonly number[]): string =>
  ports.length === 0
    ? 'server 127.0.0.1:1 down;'
    : ports.map((port) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=10s;`).join('\n    ');

const listenLines = ({ host, port, ipv6 }: NginxConfigInput): readonly [string, string] => {
  if (host === 'localhost') return [`listen 127.0.0.1:${port};`, ipv6 ? `listen [::1]:${port};` : ''];
  if (!/^[\w.:-]+$/.test(host)) {
    throw new StartError(`nginx can not listen on ${host}; choose an address such as 0.0.0.0 with --host.`);
  }
  // Node's servers on :: take IPv4 too.
  if (host === '::') return [`listen [::]:${port} ipv6only=off;`, ''];
  return [`listen ${host.includes(':') ? `[${host}]` : host}:${port};`, ''];
};

export const nginxConfigFile = (dir: string): string => join(dir, 'nginx.conf');
export const nginxPidFile = (dir: string): string => join(dir, 'nginx.pid');
export const nginxAccessLog = (dir: string): string => join(dir, 'access.log');

/**
 * config/nginx.conf with the ports and paths of this stack in place of its own; everything else is as it stands
 * there. Throws when that file no longer has one of the lines.
 */
export const generateNginxConfig = (template: string, input: NginxConfigInput): string => {
  const { apiPorts, staticPort, dir, mimeTypes } = input;
  const [listen, listenToo] = listenLines(input);
  const changes: readonly (readonly [line: RegExp, replacement: string])[] = [
    [/^pid .*;$/m, `pid ${quote(nginxPidFile(dir))};`],
    // Each client that closes its connection is a line of level info: too much beside the other services.
    [/^error_log stderr info;$/m, 'error_log stderr warn;'],
    [/^( *\w+_temp_path) .*;$/gm, `$1 ${quote(join(dir, 'temp'))};`],
    [/^( *include) mime\.types;$/m, `$1 ${quote(mimeTypes)};`],
    [/^( *access_log) \/dev\/stdout /m, `$1 ${quote(nginxAccessLog(dir))} `],
    [/server 127\.0\.0\.1:8081 [^}]*?8084 [^;]*;/, serverLines(apiPorts)],
    [/server 127\.0\.0\.1:8082;/, `server 127.0.0.1:${staticPort};`],
    [/listen 127\.0\.0\.1:8080;/, listen],
    [/listen \[::1\]:8080;/, listenToo],
  ];
  return changes.reduce((text, [line, replacement]) => {
    if (text.search(line) === -1) throw new Error(`config/nginx.conf has no line ${line.source}`);
    return text.replace(line, replacement);
  }, template);
};
