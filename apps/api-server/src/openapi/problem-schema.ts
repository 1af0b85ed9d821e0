import { databaseErrors } from '@tripod/database/error-table';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { requestErrors } from '../http/request-errors.ts';
import { imageErrors } from '../images/image-errors.ts';

const errorCodes = { ...httpErrors, ...requestErrors, ...imageErrors, ...databaseErrors };
type ErrorCode = keyof typeof errorCodes;

import { withId } from './with-id.ts';

/** What any request may be answered, whatever it asks for. */
const ofAnyRequest: readonly ErrorCode[] = [
  'REQUEST_INVALID',
  'REQUEST_TIMEOUT',
  'REQUEST_HEAD_TOO_LARGE',
  'EXPECTATION_FAILED',
  'INTERNAL_ERROR',
];

/** What is answered to a request for an operation that there is not. */
const ofNoOperation: readonly ErrorCode[] = ['NOT_FOUND', 'METHOD_NOT_ALLOWED'];

const ofOperations = (Object.keys(errorCodes) as ErrorCode[]).filter((code) => code.startsWith('API_'));

/** Every error of the API (RFC 9457), as JSON Schema. */
export const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'requestId'],
  additionalProperties: false,
  properties: {
    type: { type: 'string', pattern: '^urn:tripod:error:' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string' },
    code: { type: 'string', enum: [...ofNoOperation, ...ofAnyRequest, ...ofOperations] },
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
} as const;

const describeProblem = (codes: readonly ErrorCode[]) => ({
  description: `An error: ${codes.map((code) => `\`${code}\``).join(', ')}`,
  headers: withId({}),
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem', properties: { code: { enum: codes } } },
    },
  },
});

/**
 * The errors of an operation by status, each with the codes that it may have: the operation's own, and those of any
 * request, which are its `default` where it has no other error of their status.
 */
export const problemResponses = (...own: readonly ErrorCode[]): Readonly<Record<string, object>> => {
  const statusOf = (code: ErrorCode): number => errorCodes[code].status;
  const statuses = new Set(own.map(statusOf));
  const grouped = Map.groupBy([...own, ...ofAnyRequest], (code) =>
    statuses.has(statusOf(code)) ? String(statusOf(code)) : 'default',
  );
  return Object.fromEntries([...grouped].map(([status, codes]) => [status, describeProblem(codes)]));
};
