import { headerNamePattern, headerValuePattern } from './header-rules.ts';
import { redirectPattern, redirectStatuses } from './redirect.ts';

const headersSchema = {
  type: 'object',
  maxProperties: 100,
  description: 'an object of header names with values of visible ASCII characters',
  propertyNames: { type: 'string', pattern: headerNamePattern, description: 'a header name' },
  additionalProperties: {
    type: 'string',
    pattern: headerValuePattern,
    description: 'a text of 1 to 4096 visible ASCII characters',
  },
};

const headerChangesSchema = {
  type: 'object',
  additionalProperties: false,
  description: 'an object with set, add or remove',
  properties: {
    set: headersSchema,
    add: headersSchema,
    remove: {
      type: 'array',
      maxItems: 100,
      description: 'a list of header names',
      items: { type: 'string', pattern: headerNamePattern, description: 'a header name' },
    },
  },
};

const networksSchema = {
  type: 'array',
  minItems: 1,
  maxItems: 10_000,
  description: 'a list of networks such as 10.0.0.0/8',
  items: { type: 'string', maxLength: 50, description: 'a network such as 10.0.0.0/8' },
};

const millisecondsSchema = {
  type: 'integer',
  minimum: 1,
  maximum: 3_600_000,
  description: 'a whole number from 1 to 3600000',
};

/** The JSON Schemas of the rules of a route in a config file, by their names. */
export const ruleSchemas = {
  redirect: {
    type: 'object',
    additionalProperties: false,
    required: ['to'],
    description: 'an object with an address and a status',
    properties: {
      to: {
        type: 'string',
        pattern: redirectPattern,
        description:
          'an address or a path, with {host}, {uri} and {rest} (only behind a slash), such as https://{host}{uri}',
      },
      status: {
        type: 'integer',
        enum: redirectStatuses,
        description: `one of ${redirectStatuses.join(', ')}`,
      },
    },
  },
  headers: {
    type: 'object',
    additionalProperties: false,
    description: 'an object with rules for the request and the response',
    properties: { request: headerChangesSchema, response: headerChangesSchema },
  },
  allow: networksSchema,
  deny: networksSchema,
  rateLimit: {
    type: 'object',
    additionalProperties: false,
    required: ['perSecond'],
    description: 'an object with perSecond and burst',
    properties: {
      perSecond: {
        type: 'number',
        minimum: 0.001,
        maximum: 1_000_000,
        description: 'a number from 0.001 to 1000000',
      },
      burst: {
        type: 'integer',
        minimum: 1,
        maximum: 1_000_000,
        description: 'a whole number from 1 to 1000000',
      },
    },
  },
  // Messages about a schema show the value, and these values are passwords: see basicAuthFaults.
  basicAuth: true,
  connectTimeoutMs: millisecondsSchema,
  responseTimeoutMs: millisecondsSchema,
  idleTimeoutMs: millisecondsSchema,
  clientBodyTimeoutMs: millisecondsSchema,
};
