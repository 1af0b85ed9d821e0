import { type ErrorCode, errorCodes } from '@tripod/shared/errors/codes';

/** Codes that any server of this kind answers with. */
const everywhere: readonly ErrorCode[] = [
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'REQUEST_INVALID',
  'INTERNAL_ERROR',
];

const codes = (Object.keys(errorCodes) as ErrorCode[]).filter(
  (code) => code.startsWith('API_') || everywhere.includes(code),
);

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
    code: { type: 'string', enum: codes },
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

const codesOf = (status: number): string =>
  codes
    .filter((code) => errorCodes[code].status === status)
    .map((code) => `\`${code}\``)
    .join(', ');

/** The errors of an operation by status, each with the codes that it may have. */
export const problemResponses = (statuses: readonly number[]): Readonly<Record<string, object>> =>
  Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: `An error: ${codesOf(status)}`,
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
