import { join } from 'node:path';
import { StartError } from '@tripod/shared/errors/start-error';
import type { Route } from '../balancer/route.ts';

export type NginxConfigInput = {
  readonly host: string;
  readonly port: number;
  /** The ports of the copies of each pool. */
  readonly pools: Readonly<Record<string, readonly number[]>>;
  /** Default: the routes of config/nginx.conf, to the pools api and static. */
  readonly routes?: readonly Route[];
  /** A folder for its pid file, its access log and its temporary files. */
  readonly dir: string;
  readonly mimeTypes: string;
  /** Whether this machine has ::1; nginx does not start when it cannot listen on an address. */
  readonly ipv6: boolean;
};

const templateRoutes: readonly Route[] = [
  { prefix: '/api/', pool: 'api' },
  { prefix: '/', pool: 'static' },
];

/** nginx expands variables even inside quotes. */
const quote = (path: string): string => {
  if (/["\\$\n]/.test(path)) {
    throw new StartError(
      `nginx cannot use the folder ${path}; choose one without quotes, backslashes and $ with --state-dir.`,
    );
  }
  return `"${path}"`;
};

/** An upstream block must not be empty. nginx sends no request to a server that is marked down. */
const serverLines = (ports: readonly number[]): string =>
  ports.length === 0
    ? 'server 127.0.0.1:1 down;'
    : ports.map((port) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=10s;`).join('\n    ');

const listenLines = ({ host, port, ipv6 }: NginxConfigInput): readonly [string, string] => {
  if (host === 'localhost') return [`listen 127.0.0.1:${port};`, ipv6 ? `listen [::1]:${port};` : ''];
  if (!/^[\w.:-]+$/.test(host)) {
    throw new StartError(`nginx cannot listen on ${host}; choose an address such as 0.0.0.0 with --host.`);
  }
  // As servers of Node do, a listener on :: also accepts IPv4.
  if (host === '::') return [`listen [::]:${port} ipv6only=off;`, ''];
  return [`listen ${host.includes(':') ? `[${host}]` : host}:${port};`, ''];
};

const upstreamBlock = (pool: string, ports: readonly number[]): string => `upstream ${pool} {
    zone ${pool} 64k;
    ${serverLines(ports)}
    keepalive 32;
    keepalive_timeout 4s;
  }`;

const forward = (location: string, address: string): string => `location ${location} {
      if ($ambiguous_path) {
        return 400;
      }
      proxy_pass ${address};
    }`;

const locationBlock = (route: Route, exactPaths: ReadonlySet<string>): string => {
  if ('exact' in route) return forward(`= ${route.exact}`, `http://${route.pool}`);
  const { prefix, pool, stripPrefix = true } = route;
  const bare = prefix.slice(0, -1);
  const redirect =
    bare === '' || exactPaths.has(bare)
      ? ''
      : `location = ${bare} {\n      return 308 ${prefix}$is_args$args;\n    }\n    `;
  // With a path in proxy_pass nginx replaces the prefix, without one it forwards the path unchanged.
  const address = `http://${pool}${stripPrefix && bare !== '' ? '/' : ''}`;
  return `${redirect}${forward(prefix, address)}`;
};

/** Matches the operational paths below every prefix, as a regular expression of nginx. */
const prefixPattern = (routes: readonly Route[]): string => {
  const prefixes = routes
    .flatMap((route) => ('prefix' in route ? route.prefix.slice(1, -1) : []))
    .filter((prefix) => prefix !== '');
  const pattern = prefixes.map((prefix) => prefix.replaceAll('.', '\\.').replaceAll('/', '/+')).join('|');
  if (prefixes.length === 0) return '';
  return prefixes.length === 1 ? `(?:${pattern}/+)?` : `(?:(?:${pattern})/+)?`;
};

export const nginxConfigFile = (dir: string): string => join(dir, 'nginx.conf');
export const nginxPidFile = (dir: string): string => join(dir, 'nginx.pid');
export const nginxAccessLog = (dir: string): string => join(dir, 'access.log');

/**
 * Returns config/nginx.conf with the routes, pools, ports and paths of a stack; all other directives stay as they are.
 * Throws an Error when that file has changed so that one of them is not found.
 */
export const generateNginxConfig = (template: string, input: NginxConfigInput): string => {
  const { pools, routes = templateRoutes, dir, mimeTypes } = input;
  const [listen, listenIpv6] = listenLines(input);
  const exactPaths = new Set(routes.flatMap((route) => ('exact' in route ? route.exact : [])));
  const names = [...new Set(routes.map(({ pool }) => pool))];
  const changes: readonly (readonly [directive: RegExp, replacement: string])[] = [
    [/^pid .*;$/m, `pid ${quote(nginxPidFile(dir))};`],
    // At level info nginx writes a line whenever a client closes its connection.
    [/^error_log stderr info;$/m, 'error_log stderr warn;'],
    [/^( *\w+_temp_path) .*;$/gm, `$1 ${quote(join(dir, 'temp'))};`],
    [/^( *include) mime\.types;$/m, `$1 ${quote(mimeTypes)};`],
    [/^( *access_log) \/dev\/stdout /m, `$1 ${quote(nginxAccessLog(dir))} `],
    [/^.*\n +upstream static \{[\s\S]*?\n {2}\}\n/m, ''],
    [/^.*\n +location \/ \{[\s\S]*?\n {4}\}\n/m, ''],
    [
      /upstream api \{[\s\S]*?\n {2}\}/,
      names.map((pool) => upstreamBlock(pool, pools[pool] ?? [])).join('\n\n  '),
    ],
    [/listen 127\.0\.0\.1:8080;/, listen],
    [/listen \[::1\]:8080;/, listenIpv6],
    [/\(\?:api\/\+\)\?/, prefixPattern(routes)],
    [/location = \/api \{[\s\S]*?\n {4}\}/, ''],
    [
      /location \/api\/ \{[\s\S]*?\n {4}\}/,
      routes.map((route) => locationBlock(route, exactPaths)).join('\n\n    '),
    ],
  ];
  return changes.reduce((text, [directive, replacement]) => {
    if (text.search(directive) === -1) throw new Error(`config/nginx.conf does not have ${directive.source}`);
    return text.replace(directive, (found, first: unknown) =>
      replacement.replaceAll('$1', typeof first === 'string' ? first : found),
    );
  }, template);
};
