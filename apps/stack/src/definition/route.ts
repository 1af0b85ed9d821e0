import type { StructureFault } from '@tripod/shared/config/settings';

/** A path prefix and the pool that serves it. Further keys are passed on to the configuration of our proxy. */
export type Route = {
  /** Begins and ends with a slash. */
  readonly prefix: string;
  /** The name of the pool, which a service fills with its copies. */
  readonly pool: string;
  /** Whether the prefix is removed before the request is forwarded. Default true. */
  readonly stripPrefix?: boolean;
};

/** The JSON Schema of `routes` in a config file. */
export const routesSchema = {
  type: 'array',
  minItems: 1,
  description: 'a list of one route or more',
  items: {
    type: 'object',
    required: ['prefix', 'pool'],
    description: 'an object with a prefix and a pool',
    properties: {
      prefix: {
        type: 'string',
        pattern: '^/(?:[\\w.~-]+/)*$',
        description: 'a path that begins and ends with a slash, such as /api/',
      },
      pool: { type: 'string', minLength: 1, description: 'the name of a pool, such as api' },
      stripPrefix: { type: 'boolean', description: 'true or false' },
    },
  },
} as const;

/** Reports routes to pools that no service fills. */
export const findUnknownPools = (
  routes: readonly Route[],
  pools: readonly string[],
): readonly StructureFault[] =>
  routes.flatMap(({ pool }, index) =>
    pools.includes(pool)
      ? []
      : [
          {
            pointer: `/${index}/pool`,
            problem: `must be one of ${pools.join(', ')}, and is ${JSON.stringify(pool)}`,
          },
        ],
  );
