import { policySchema } from '../balancing/policies/policy-table.ts';
import { maxPoolUpstreams } from '../balancing/upstream-pool.ts';
import { exactPattern, hostPattern, prefixPattern } from './route-config.ts';
import { ruleSchemas } from './rules/rule-schema.ts';

const addressSchema = { type: 'string', maxLength: 300, description: 'a text such as http://127.0.0.1:8081' };

/** Weight of an upstream, in config files and in admin requests. */
export const weightSchema = {
  type: 'integer',
  minimum: 1,
  maximum: 1000,
  description: 'a whole number from 1 to 1000',
} as const;

export const maxInFlightSchema = {
  type: 'integer',
  minimum: 1,
  maximum: 1_000_000,
  description: 'a whole number from 1 to 1000000',
} as const;

const slowStartSchema = {
  type: 'integer',
  minimum: 0,
  maximum: 3_600_000,
  description: 'a whole number from 0 to 3600000',
} as const;

const upstreamSchema = {
  if: { type: 'object' },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: {
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    properties: {
      url: addressSchema,
      weight: weightSchema,
      maxInFlight: maxInFlightSchema,
      slowStartMs: slowStartSchema,
    },
  },
  else: { ...addressSchema, description: 'a text such as http://127.0.0.1:8081, or an object with a url' },
};

/** The JSON Schema of `routes` in a config file. */
export const routesSchema = {
  type: 'array',
  minItems: 1,
  description: 'a list of one route or more',
  items: {
    type: 'object',
    additionalProperties: false,
    if: { type: 'object', not: { required: ['exact'], properties: { exact: true } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: { type: 'object', required: ['prefix'], properties: { prefix: true } },
    description: 'an object with a prefix and upstreams',
    properties: {
      host: {
        type: 'string',
        maxLength: 253,
        pattern: hostPattern,
        description: 'a name such as example.org or *.example.org, in lower case and without a port',
      },
      prefix: {
        type: 'string',
        pattern: prefixPattern,
        description: 'a path that begins and ends with a slash, such as /api/',
      },
      exact: {
        type: 'string',
        pattern: exactPattern,
        description: 'a path without dot segments, such as /enqueue',
      },
      stripPrefix: { type: 'boolean', description: 'true or false' },
      allowEncodedSlash: { type: 'boolean', description: 'true or false' },
      rewriteLocation: { type: 'boolean', description: 'true or false' },
      rewriteCookiePath: { type: 'boolean', description: 'true or false' },
      pool: {
        type: 'string',
        pattern: '^[\\w.-]{1,64}$',
        description: 'a name of letters, digits, dots, dashes and underscores',
      },
      upstreams: {
        type: 'array',
        minItems: 1,
        maxItems: maxPoolUpstreams,
        items: upstreamSchema,
        description: `a list of 1 to ${maxPoolUpstreams} upstreams`,
      },
      policy: policySchema,
      slowStartMs: slowStartSchema,
      sticky: {
        type: 'object',
        additionalProperties: false,
        required: ['cookie'],
        description: 'an object with the name of a cookie',
        properties: {
          cookie: {
            type: 'string',
            pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$",
            description: 'the name of a cookie',
          },
        },
      },
      failStatuses: {
        type: 'array',
        minItems: 1,
        items: { type: 'integer', minimum: 400, maximum: 599, description: 'a status from 400 to 599' },
        description: 'a list of statuses from 400 to 599',
      },
      maxBodyBytes: {
        type: 'integer',
        minimum: 0,
        maximum: 1_073_741_824,
        description: 'a whole number from 0 to 1073741824',
      },
      ...ruleSchemas,
      hostHeader: { type: 'string', enum: ['client', 'upstream'], description: 'client or upstream' },
    },
  },
};
