import type { StructureFault } from '@tripod/shared/config/settings';

/** The pool that serves a route: the name of a pool, which a service fills with its copies. */
type Pooled = { readonly pool: string };

/** The paths that begin with a prefix. */
export type PrefixRoute = Pooled & {
  /** Begins and ends with a slash. */
  readonly prefix: string;
  /** Whether the prefix is removed before the request is forwarded. Default true. */
  readonly stripPrefix?: boolean;
};

/** One path, in front of all prefixes. It is forwarded unchanged. */
export type ExactRoute = Pooled & { readonly exact: string };

/** Paths and the pool that serves them. Further keys are passed on to the configuration of our proxy. */
export type Route = PrefixRoute | ExactRoute;

/** The prefix or the exact path of a route. */
export const pathOfRoute = (route: Route): string => ('exact' in route ? route.exact : route.prefix);

/** The JSON Schema of `routes` in a config file. */
export const routesSchema = {
  type: 'array',
  minItems: 1,
  description: 'a list of one route or more',
  items: {
    type: 'object',
    required: ['pool'],
    if: { type: 'object', not: { required: ['exact'], properties: { exact: true } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: { type: 'object', required: ['prefix'], properties: { prefix: true } },
    description: 'an object with a prefix and a pool',
    properties: {
      prefix: {
        type: 'string',
        pattern: '^/(?:[\\w.~-]+/)*$',
        description: 'a path that begins and ends with a slash, such as /api/',
      },
      exact: {
        type: 'string',
        pattern: '^/(?:(?:(?!\\.{1,2}(?:/|$))[\\w.~-]+/)*(?!\\.{1,2}$)[\\w.~-]+/?)?$',
        description: 'a path without dot segments, such as /enqueue',
      },
      pool: { type: 'string', minLength: 1, description: 'the name of a pool, such as api' },
      stripPrefix: { type: 'boolean', description: 'true or false' },
    },
  },
} as const;

/** Paths that servers answer for operators and that no load balancer lets through from outside. */
const operationalPath = /^\/(?:livez|readyz|healthz|metrics|debug\/pprof(?:\/.*)?)\/?$/i;

const findFault = (route: Route, pools: readonly string[]): StructureFault | undefined => {
  if (!pools.includes(route.pool)) {
    const problem = `must be one of ${pools.join(', ')}, and is ${JSON.stringify(route.pool)}`;
    return { pointer: '/pool', problem };
  }
  if (!('exact' in route)) return undefined;
  if ('prefix' in route) return { pointer: '/exact', problem: 'must not stand beside a prefix' };
  if ('stripPrefix' in route) {
    return { pointer: '/stripPrefix', problem: 'must not stand beside an exact path' };
  }
  const problem = `must not be an operational path, which is private, and is ${JSON.stringify(route.exact)}`;
  return operationalPath.test(route.exact) ? { pointer: '/exact', problem } : undefined;
};

/** Reports routes to pools that no service fills, keys that exclude each other, and exact paths that are private. */
export const findRouteFaults = (
  routes: readonly Route[],
  pools: readonly string[],
): readonly StructureFault[] =>
  routes.flatMap((route, index) => {
    const fault = findFault(route, pools);
    return fault ? [{ ...fault, pointer: `/${index}${fault.pointer}` }] : [];
  });
