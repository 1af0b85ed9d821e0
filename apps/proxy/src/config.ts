import { configFileSetting, portSetting, serviceSettings } from '@tripod/shared/config/service-settings';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { policyNames } from './balancing/policy-table.ts';
import { engineNames } from './forwarding/engine-table.ts';
import { parseTrustedProxies, type TrustedProxies } from './forwarding/forwarded-headers.ts';
import { plainPath } from './routing/private-paths.ts';
import { parseRoutes, type RouteConfig, routeProblems } from './routing/route-config.ts';
import { parseRouteObjects, type RouteObject, routeObjectFaults } from './routing/route-objects.ts';
import { routesSchema } from './routing/route-schema.ts';

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

const trustedProxyProblems = (networks: readonly string[]): readonly string[] => {
  try {
    parseTrustedProxies(networks);
    return [];
  } catch (error) {
    const named = JSON.stringify(error instanceof Error ? error.message : error);
    return [`must be networks such as 10.0.0.0/8, and holds ${named}`];
  }
};

/** Every setting of the proxy. */
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
    description:
      'Sends paths that begin with the prefix, which is cut off, to these upstreams; may be repeated',
  },
  routes: {
    type: 'structure',
    insteadOf: 'route',
    schema: routesSchema,
    faults: routeObjectFaults,
    shape: 'a list of routes',
    description:
      'Routes with all that can be said of them, instead of `route`; see docs/reference/operations.md',
  },
  engine: {
    type: 'string',
    enum: engineNames,
    default: 'direct',
    placeholder: 'name',
    description:
      'What carries requests out: our own engine on sockets, or the npm package http-proxy, hardened',
  },
  policy: {
    type: 'string',
    enum: policyNames,
    default: 'round-robin',
    placeholder: 'name',
    description: 'How an upstream is chosen',
  },
  adminPort: {
    ...portSetting(8090),
    description: 'Port of the admin side, on loopback only; 0 takes any free one',
  },
  connectTimeoutMs: milliseconds(1000, 'Longest wait for a connection to an upstream'),
  responseTimeoutMs: milliseconds(30_000, 'Longest wait for the head of a response'),
  idleTimeoutMs: milliseconds(30_000, 'Longest pause within the body of a response'),
  clientHeadTimeoutMs: milliseconds(10_000, 'Longest time for the head of a request to arrive (408)'),
  clientBodyTimeoutMs: milliseconds(30_000, 'Longest pause within the body of a request (408)'),
  clientKeepAliveMs: milliseconds(65_000, 'How long an idle connection of a client is kept'),
  upstreamKeepAliveMs: milliseconds(
    4000,
    'How long an idle connection to an upstream is kept; less than the upstream does',
  ),
  maxConnections: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    default: 16_384,
    description: 'So many clients may be connected at once; one more is answered 503 and closed',
  },
  maxBodyBytes: {
    type: 'integer',
    minimum: 0,
    maximum: 1_073_741_824,
    default: 1_048_576,
    placeholder: 'bytes',
    description: 'Largest request body (413)',
  },
  healthPath: {
    type: 'string',
    pattern: '^(off|/[\\x21-\\x7e]*)$',
    shape: 'a path such as /readyz, or off',
    default: '/readyz',
    placeholder: 'path',
    description: 'Path that the active checks ask; off switches them off',
  },
  healthIntervalMs: milliseconds(
    1000,
    'Pause between two active checks; 250 ms at most while an upstream is down',
  ),
  healthTimeoutMs: milliseconds(1000, 'Longest wait for the answer to an active check'),
  fall: count(2, 1, 'So many failed checks in a row make an upstream unhealthy'),
  rise: count(1, 1, 'So many passed checks in a row make it healthy again'),
  maxFails: count(
    1,
    0,
    'So many failed requests within the window eject an upstream; 0 switches ejecting off',
  ),
  failWindowMs: milliseconds(10_000, 'That window, and the longest time an upstream stays ejected'),
  privatePaths: {
    type: 'array',
    items: { type: 'string', pattern: '^(none|/[\\x21-\\x7e]*)$' },
    shape: 'a list of paths, or none',
    default: ['/livez', '/readyz', '/metrics', '/healthz'],
    placeholder: 'paths',
    description: 'Paths of upstreams that are answered 404, whatever the route',
  },
  trustedProxies: {
    type: 'array',
    items: { type: 'string' },
    shape: 'a list of networks such as 10.0.0.0/8',
    problems: trustedProxyProblems,
    default: [],
    placeholder: 'networks',
    description: 'Whose X-Forwarded headers are believed',
  },
  ...serviceSettings,
  logFormat: {
    ...serviceSettings.logFormat,
    enum: ['auto', 'text', 'json', 'combined'],
    description:
      'How log lines look; auto means text on a terminal and json, one object a line, in a pipe; combined is what web servers write, with events on stderr',
  },
  config: configFileSetting,
} as const satisfies Settings;

export type ProxySettings = ConfigOf<typeof proxySettings>;

/** The settings with their texts understood. */
export type ProxyConfig = Omit<ProxySettings, 'route' | 'routes' | 'trustedProxies' | 'privatePaths'> & {
  readonly routes: readonly RouteConfig[];
  readonly trustedProxies: TrustedProxies;
  readonly privatePaths: readonly string[];
};

/** Gives the texts their meaning. Expects settings whose `problems` were asked: throws on what they refuse. */
export const parseProxyConfig = ({ route, routes, ...settings }: ProxySettings): ProxyConfig => ({
  ...settings,
  routes: routes === undefined ? parseRoutes(route) : parseRouteObjects(routes as readonly RouteObject[]),
  trustedProxies: parseTrustedProxies(settings.trustedProxies),
  privatePaths: settings.privatePaths.includes('none') ? [] : settings.privatePaths.map(plainPath),
});
