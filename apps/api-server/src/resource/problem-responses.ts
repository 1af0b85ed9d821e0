import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { groupBy } from './group-by.ts';

/** Errors that any request may be answered with. */
const errorsOfAnyRequest: readonly ErrorDefinition[] = [
  httpErrors.REQUEST_INVALID,
  httpErrors.REQUEST_TIMEOUT,
  httpErrors.REQUEST_HEAD_TOO_LARGE,
  httpErrors.EXPECTATION_FAILED,
  httpErrors.MEMORY_FULL,
  httpErrors.INTERNAL_ERROR,
];

/** Errors of requests that match no operation. */
const errorsWithoutOperation: readonly ErrorDefinition[] = [
  httpErrors.NOT_FOUND,
  httpErrors.METHOD_NOT_ALLOWED,
];

export const textHeader = { schema: { type: 'string' } };

/** Response headers, with the request id that every answer has. */
export const withRequestId = (headers: object = {}) => ({
  'X-Request-Id': { required: true, ...textHeader },
  ...headers,
});

/** Every error that these operations can answer (RFC 9457), as JSON Schema. */
export const createProblemSchema = (errors: readonly ErrorDefinition[]) => ({
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'requestId'],
  additionalProperties: false,
  properties: {
    type: { type: 'string', pattern: '^urn:tripod:error:' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string' },
    code: {
      type: 'string',
      enum: [
        ...new Set([...errorsWithoutOperation, ...errorsOfAnyRequest, ...errors].map(({ code }) => code)),
      ],
    },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        additionalProperties: false,
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
});

const describeProblem = (errors: readonly ErrorDefinition[]) => {
  const codes = errors.map(({ code }) => code);
  return {
    description: `An error: ${codes.map((code) => `\`${code}\``).join(', ')}`,
    headers: withRequestId(),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem', properties: { code: { enum: codes } } },
      },
    },
  };
};

/**
 * The errors of an operation by status, each with its possible codes. Errors of any request stand under `default`
 * unless the operation has errors of their status.
 */
export const problemResponses = (own: readonly ErrorDefinition[]): Readonly<Record<string, object>> => {
  const statuses = new Set(own.map(({ status }) => status));
  const grouped = groupBy([...own, ...errorsOfAnyRequest], ({ status }) =>
    statuses.has(status) ? String(status) : 'default',
  );
  return Object.fromEntries([...grouped].map(([status, errors]) => [status, describeProblem(errors)]));
};
