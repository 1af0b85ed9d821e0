import { ConfigError } from '@tripod/shared/config/config-error';
import { configFileSetting, portSetting, serviceSettings } from '@tripod/shared/config/service-settings';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { isLoopbackAddress } from '@tripod/shared/http/loopback-address';
import { policyNames } from './balancing/policies/policy-table.ts';
import type { CertificateFiles } from './edge/certificates.ts';
import { certificatesSchema, parseCertificates } from './edge/tls-config.ts';
import { engineNames, engineSummaries } from './engine-table.ts';
import { maxConnectionsFor } from './forwarding/connection-limit.ts';
import { statusRangePattern } from './health/status-ranges.ts';
import { normalizePath } from './routing/private-paths.ts';
import {
  parseRoutes,
  type RedirectConfig,
  type RouteConfig,
  routeProblems,
  toUpstreamAddress,
  upstreamAddressProblems,
} from './routing/route-config.ts';
import {
  parseRedirects,
  parseRouteObjects,
  type RouteObject,
  routeObjectFaults,
} from './routing/route-objects.ts';
import { routesSchema } from './routing/route-schema.ts';
import { type Networks, networkProblems, parseNetworks } from './routing/rules/networks.ts';

const milliseconds = (value: number, description: string) =>
  ({
    type: 'integer',
    minimum: 1,
    maximum: 3_600_000,
    default: value,
    placeholder: 'ms',
    description,
  }) as const;

const count = (value: number, minimum: number, description: string) =>
  ({ type: 'integer', minimum, maximum: 1000, default: value, description }) as const;

/** The settings of the proxy: flags, variables, `--help` and docs/reference/configuration.md are derived from them. */
export const proxySettings = {
  port: portSetting(8080),
  route: {
    type: 'array',
    separator: ' ',
    items: { type: 'string' },
    shape: 'PREFIX=URL[,URL…], such as /api/=http://127.0.0.1:8081,http://127.0.0.1:8083',
    problems: routeProblems,
    default: [
      '/api/=http://127.0.0.1:8081,http://127.0.0.1:8083,http://127.0.0.1:8084',
      '/=http://127.0.0.1:8082',
    ],
    placeholder: 'prefix=urls',
    description: 'Sends paths that begin with the prefix, without it, to these upstreams; may be repeated',
  },
  to: {
    type: 'array',
    items: { type: 'string' },
    shape: 'a list of addresses such as 127.0.0.1:3000',
    insteadOf: 'route',
    problems: upstreamAddressProblems,
    placeholder: 'addresses',
    description: 'Sends every request to these upstreams, instead of `route`; may be repeated',
  },
  routes: {
    type: 'structure',
    insteadOf: 'route',
    schema: routesSchema,
    faults: routeObjectFaults,
    shape: 'a list of routes',
    description: 'Routes with all their settings, instead of `route`; see docs/reference/operations.md',
  },
  tlsCert: {
    type: 'array',
    items: { type: 'string', pattern: '.' },
    path: true,
    shape: 'a list of files',
    placeholder: 'files',
    description:
      'Serve TLS with this certificate chain (PEM); repeat it with tlsKey for more names, chosen by SNI',
  },
  tlsKey: {
    type: 'array',
    items: { type: 'string', pattern: '.' },
    path: true,
    shape: 'a list of files',
    placeholder: 'files',
    description: 'The private key (PEM) of each tlsCert, in the same order',
  },
  tls: {
    type: 'structure',
    insteadOf: 'tlsCert',
    schema: certificatesSchema,
    shape: 'a list of certificates',
    description:
      'Certificates as a list of `{ "cert": FILE, "key": FILE }`, instead of `tlsCert` and `tlsKey`',
  },
  hstsMaxAgeS: {
    type: 'integer',
    minimum: 0,
    maximum: 63_072_000,
    default: 0,
    placeholder: 's',
    description: 'With TLS: send Strict-Transport-Security with this age in seconds; 0 sends none',
  },
  engine: {
    type: 'string',
    enum: engineNames,
    default: 'direct',
    placeholder: 'name',
    description: `The engine that forwards requests (${engineSummaries})`,
  },
  policy: {
    type: 'string',
    enum: policyNames,
    default: 'round-robin',
    placeholder: 'name',
    description: 'How an upstream is selected; a policy with options is set in the config file',
  },
  adminPort: {
    ...portSetting(8090),
    description: 'Port of the admin server; 0 takes any free port',
  },
  adminHost: {
    type: 'string',
    minLength: 1,
    default: 'localhost',
    placeholder: 'address',
    description: 'Address of the admin server; any other than a loopback address needs ADMIN_TOKEN',
  },
  adminToken: {
    type: 'string',
    // What a client can send after `Bearer` (RFC 6750 2.1).
    pattern: '^[\\w.~+/-]{1,1000}=*$',
    secret: true,
    shape: 'letters, digits and -._~+/',
    description:
      'Token that admin requests must send as Authorization: Bearer TOKEN; default: none is needed',
  },
  connectTimeoutMs: milliseconds(1000, 'Time limit for connecting to an upstream (504)'),
  responseTimeoutMs: milliseconds(30_000, 'Time limit for the head of a response (504)'),
  idleTimeoutMs: milliseconds(30_000, 'Time limit for each pause within the body of a response'),
  clientHeadTimeoutMs: milliseconds(10_000, 'Time limit for the head of a request (408)'),
  clientBodyTimeoutMs: milliseconds(30_000, 'Time limit for each pause within the body of a request (408)'),
  clientKeepAliveMs: milliseconds(65_000, 'How long an idle client connection is kept open'),
  tunnelIdleTimeoutMs: {
    ...milliseconds(0, 'Time limit for each pause within a tunnel, such as a WebSocket; 0 for no limit'),
    minimum: 0,
  },
  upstreamKeepAliveMs: milliseconds(
    4000,
    'How long an idle upstream connection is kept open; must be less than the upstream keeps it',
  ),
  maxConnections: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    default: 16_384,
    description:
      'Limit on client connections, lowered to what the descriptor limit of the process allows; further ones are answered 503 and closed',
  },
  maxBodyBytes: {
    type: 'integer',
    minimum: 0,
    maximum: 1_073_741_824,
    default: 1_048_576,
    placeholder: 'bytes',
    description: 'Limit on the size of a request body (413)',
  },
  healthPath: {
    type: 'string',
    pattern: '^(off|/[\\x21-\\x7e]*)$',
    shape: 'a path such as /readyz, or off',
    default: '/readyz',
    placeholder: 'path',
    description: 'Path that active checks request; off disables them',
  },
  healthStatuses: {
    type: 'array',
    items: { type: 'string', pattern: statusRangePattern },
    shape: 'a list of statuses and ranges such as 200-399',
    default: ['200-399', '401', '403', '405'],
    placeholder: 'statuses',
    description: 'Statuses of the health path that count as healthy',
  },
  healthIntervalMs: milliseconds(
    1000,
    'Pause between two active checks of an upstream; at most 250 ms while it is unhealthy',
  ),
  healthTimeoutMs: milliseconds(1000, 'Time limit for an active check'),
  fall: count(2, 1, 'Failed checks in a row that make an upstream unhealthy'),
  rise: count(1, 1, 'Passed checks in a row that make an upstream healthy again'),
  maxFails: count(1, 0, 'Failed requests within the window that eject an upstream; 0 disables ejection'),
  failWindowMs: milliseconds(10_000, 'The window of maxFails, and the time limit of an ejection'),
  retryOnUnhealthy: {
    type: 'boolean',
    default: true,
    description:
      'Do not try idempotent requests elsewhere that wait for an upstream which has been unhealthy for 2 s',
  },
  privatePaths: {
    type: 'array',
    items: { type: 'string', pattern: '^(none|/[\\x21-\\x7e]*)$' },
    shape: 'a list of paths, or none',
    default: ['/livez', '/readyz', '/healthz', '/metrics', '/debug/pprof/profile', '/debug/pprof/heap'],
    placeholder: 'paths',
    description: 'Upstream paths that are answered 404 on every route, in every spelling',
  },
  trustedProxies: {
    type: 'array',
    items: { type: 'string' },
    shape: 'a list of networks such as 10.0.0.0/8',
    problems: networkProblems,
    default: [],
    placeholder: 'networks',
    description: 'Networks of proxies whose X-Forwarded headers are trusted',
  },
  traceFrom: {
    type: 'array',
    items: { type: 'string' },
    shape: 'a list of networks such as 10.0.0.0/8',
    problems: networkProblems,
    default: ['127.0.0.0/8', '::1'],
    placeholder: 'networks',
    description: 'Networks whose clients may ask for a trace of a request with X-Trace: 1',
  },
  traceSlowMs: milliseconds(1000, 'A request that took this long, or failed, or was retried, leaves a trace'),
  serverTiming: {
    type: 'boolean',
    default: false,
    description: 'Add Server-Timing to responses: the time in the proxy and at the upstream, and the tries',
  },
  ...serviceSettings,
  logFormat: {
    ...serviceSettings.logFormat,
    enum: ['auto', 'text', 'json', 'combined'],
    description:
      'Format of log lines; auto is text on a terminal and json (one object a line) in a pipe; combined is the format of nginx and Apache, with events on stderr',
  },
  config: configFileSetting,
} as const satisfies Settings;

/** The commands beside the proxy itself, with their descriptions. */
export const proxyCommands = {
  check: 'Checks the configuration, prints what is wrong, and exits: 0 when it is valid, 2 when not',
  explain: 'Prints which route and pool would take each URL, and why, and exits',
  'hash-password': 'Reads a password from stdin, prints it as scrypt:SALT:HASH for basicAuth, and exits',
} as const;

export type ProxySettings = ConfigOf<typeof proxySettings>;

/** The settings in parsed form. */
export type ProxyConfig = Omit<
  ProxySettings,
  'tlsCert' | 'tlsKey' | 'tls' | 'route' | 'to' | 'routes' | 'trustedProxies' | 'traceFrom' | 'privatePaths'
> & {
  readonly certificates: readonly CertificateFiles[];
  /** How clients reach the listener. */
  readonly scheme: 'http' | 'https';
  readonly routes: readonly RouteConfig[];
  readonly redirects: readonly RedirectConfig[];
  readonly trustedProxies: Networks;
  readonly traceFrom: Networks;
  readonly privatePaths: readonly string[];
};

type RouteSettings = {
  readonly route: readonly string[];
  readonly to: readonly string[] | undefined;
  readonly objects: readonly RouteObject[] | undefined;
};

const routesOf = ({ route, to, objects }: RouteSettings): Pick<ProxyConfig, 'routes' | 'redirects'> => {
  if (to !== undefined)
    return { routes: parseRoutes([`/=${to.map(toUpstreamAddress).join(',')}`]), redirects: [] };
  if (objects === undefined) return { routes: parseRoutes(route), redirects: [] };
  return { routes: parseRouteObjects(objects), redirects: parseRedirects(objects) };
};

/** Anyone who reaches the admin server can change the pools, so it is open to the network only with a token. */
const checkAdminHost = ({ adminHost, adminToken }: Pick<ProxySettings, 'adminHost' | 'adminToken'>): void => {
  const isLocal = adminHost === 'localhost' || isLoopbackAddress(adminHost);
  if (isLocal || adminToken !== undefined) return;
  const problem = `must be a loopback address unless ADMIN_TOKEN is set, and is ${JSON.stringify(adminHost)}`;
  throw new ConfigError([{ source: '--admin-host', pointer: '#/adminHost', problem }]);
};

/**
 * Parses checked settings. Throws a ConfigError for an admin server that is open to the network without a token, and when a value was not checked by its `problems`. `maxConnections` is lowered to what
 * the descriptor limit of the process allows.
 */
export const parseProxyConfig = (
  { route, to, routes: objects, tlsCert, tlsKey, tls, ...settings }: ProxySettings,
  descriptorLimit = Number.POSITIVE_INFINITY,
): ProxyConfig => {
  checkAdminHost(settings);
  const certificates = parseCertificates({ tlsCert, tlsKey, tls, config: settings.config });
  return {
    ...settings,
    certificates,
    scheme: certificates.length > 0 ? 'https' : 'http',
    maxConnections: Math.min(settings.maxConnections, maxConnectionsFor(descriptorLimit)),
    ...routesOf({ route, to, objects: objects as readonly RouteObject[] | undefined }),
    trustedProxies: parseNetworks(settings.trustedProxies),
    traceFrom: parseNetworks(settings.traceFrom),
    privatePaths: settings.privatePaths.includes('none') ? [] : settings.privatePaths.map(normalizePath),
  };
};
