import { generateNginxConfig } from '@tripod/stack/nginx/nginx-config';
import type { Setting } from '../case/case.ts';

/** The route of one case: its prefix and the addresses of its upstreams, such as 127.0.0.1:8081. */
export type CaseRoute = { readonly prefix: string; readonly addresses: readonly string[] };

/** Limits that both Tripod's engines and nginx have. */
type Limits = {
  readonly connectMs: number;
  readonly responseMs: number;
  readonly idleMs: number;
  readonly clientHeadMs: number;
  readonly clientBodyMs: number;
  readonly clientKeepAliveMs: number;
  readonly trusted: boolean;
};

export const maxBodyBytes = 100_000;

const defaultLimits: Limits = {
  connectMs: 10_000,
  responseMs: 30_000,
  idleMs: 30_000,
  clientHeadMs: 30_000,
  clientBodyMs: 30_000,
  clientKeepAliveMs: 65_000,
  trusted: false,
};
/** Long enough for a busy machine: what is expected in time must arrive in time. */
const shortMs = 1000;

const limits: Readonly<Record<Setting, Limits>> = {
  default: defaultLimits,
  'trusted-proxy': { ...defaultLimits, trusted: true },
  'short-upstream-time-outs': { ...defaultLimits, connectMs: shortMs, responseMs: shortMs, idleMs: shortMs },
  'short-client-time-outs': {
    ...defaultLimits,
    clientHeadMs: shortMs,
    clientBodyMs: shortMs,
    clientKeepAliveMs: shortMs,
  },
};

/**
 * Returns the flags for Tripod's proxy. Health checks and ejection are off, because cases let upstreams fail on
 * purpose.
 */
export const tripodFlags = (setting: Setting): readonly string[] => {
  const one = limits[setting];
  const flags: Record<string, string | number> = {
    '--health-path': 'off',
    '--max-fails': 0,
    '--max-body-bytes': maxBodyBytes,
    '--connect-timeout-ms': one.connectMs,
    '--response-timeout-ms': one.responseMs,
    '--idle-timeout-ms': one.idleMs,
    '--client-head-timeout-ms': one.clientHeadMs,
    '--client-body-timeout-ms': one.clientBodyMs,
    '--client-keep-alive-ms': one.clientKeepAliveMs,
    '--drain-delay-ms': 0,
    '--log-format': 'json',
    ...(one.trusted ? { '--trusted-proxies': '127.0.0.0/8' } : {}),
  };
  return Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]);
};

const upstreamBlock = ({ prefix, addresses }: CaseRoute): string => {
  const servers = addresses.map((address) => `server ${address} max_fails=0;`).join(' ');
  return `upstream ${prefix.slice(1, -1)} { ${servers} keepalive 8; keepalive_timeout 4s; }`;
};

const locationBlock = ({ prefix }: CaseRoute): string => {
  const name = prefix.slice(1, -1);
  return `location = /${name} { return 308 /${name}/$is_args$args; }
    location ${prefix} { if ($ambiguous_path) { return 400; } proxy_pass http://${name}/; }`;
};

export type NginxConfigInput = {
  readonly setting: Setting;
  readonly routes: readonly CaseRoute[];
  readonly dir: string;
  readonly port: number;
  readonly mimeTypes: string;
};

const upgradeDirectives = `map $http_upgrade $connection_to_upstream { default upgrade; "" ""; }
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_to_upstream;`;

const trustedProxyDirectives = `map $http_x_forwarded_proto $claimed_proto { default $scheme; https https; }
  map $http_x_forwarded_host $claimed_host { default $http_x_forwarded_host; "" $forwarded_host; }
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $claimed_proto;
  proxy_set_header X-Forwarded-Host $claimed_host;`;

/**
 * Returns config/nginx.conf with the routes of the cases, upgrades enabled, one worker, and the limits of the
 * setting. Everything else stays as it is in that file. Throws when the file no longer has one of the lines to
 * replace.
 */
export const conformanceNginxConfig = (template: string, input: NginxConfigInput): string => {
  const { setting, routes, dir, port, mimeTypes } = input;
  const one = limits[setting];
  const base = generateNginxConfig(template, {
    host: '127.0.0.1',
    port,
    dir,
    mimeTypes,
    pools: {},
    ipv6: false,
  });
  const changes: readonly (readonly [line: RegExp, replacement: string])[] = [
    [/^worker_processes auto;$/m, 'worker_processes 1;'],
    [/^error_log stderr warn;$/m, 'error_log stderr crit;'],
    [/ combined;$/m, ' conformance;'],
    [/^ *access_log /m, "  log_format conformance '$status $request_method $request_uri';\n$&"],
    [/upstream api \{[\s\S]*?\n {2}\}/, routes.map(upstreamBlock).join('\n  ')],
    [/upstream static \{[\s\S]*?\n {2}\}/, ''],
    [/proxy_set_header Connection "";/, upgradeDirectives],
    [/\(\?:api\/\+\)\?/, '(?:c\\d+/+)?'],
    [/location = \/api \{[\s\S]*?\n {4}\}/, ''],
    [/location \/api\/ \{[\s\S]*?\n {4}\}/, routes.map(locationBlock).join('\n    ')],
    [/location \/ \{[\s\S]*?\n {4}\}/, 'location / { return 404; }'],
    [/client_max_body_size .*;/, `client_max_body_size ${maxBodyBytes};`],
    [/proxy_connect_timeout .*;/, `proxy_connect_timeout ${one.connectMs}ms;`],
    [/proxy_send_timeout .*;/, `proxy_send_timeout ${one.idleMs}ms;`],
    [/proxy_read_timeout .*;/, `proxy_read_timeout ${one.responseMs}ms;`],
    [/client_header_timeout .*;/, `client_header_timeout ${one.clientHeadMs}ms;`],
    [/client_body_timeout .*;/, `client_body_timeout ${one.clientBodyMs}ms;`],
    [/keepalive_timeout 65s;/, `keepalive_timeout ${one.clientKeepAliveMs}ms;`],
    ...(one.trusted
      ? ([
          [/proxy_set_header X-Forwarded-For .*;/, trustedProxyDirectives],
          [/proxy_set_header X-Forwarded-Proto \$scheme;/, ''],
          [/proxy_set_header X-Forwarded-Host \$forwarded_host;/, ''],
        ] as const)
      : []),
  ];
  return changes.reduce((text, [line, replacement]) => {
    if (text.search(line) === -1)
      throw new Error(`config/nginx.conf has no line that matches ${line.source}`);
    return text.replace(line, (found) => replacement.replaceAll('$&', found));
  }, base);
};
