import { databaseErrors } from '@tripod/database/error-table';
import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';
import { requestErrors } from '../../src/resource/request-errors.ts';
import { type AskedRequest, post } from './asked-request.ts';

/** Requests to a collection, for every answer that its three operations can give. */
export const askCollection = (options: {
  /** `/books` */
  readonly target: string;
  readonly body: object;
  readonly invalid: ErrorDefinition;
  readonly notFound: ErrorDefinition;
}): readonly AskedRequest[] => {
  const { target, body, invalid, notFound } = options;
  const add = post(JSON.stringify(body));
  const one = `${target}/1`;
  return [
    { target, init: add, expected: 201 },
    { target: `${target}?indent=11`, init: add, expected: requestErrors.API_INDENT_INVALID },
    { target, init: post('{'), expected: requestErrors.API_BODY_NOT_JSON },
    { target, init: post('{}'), expected: invalid },
    { target, init: post(`"${'x'.repeat(70_000)}"`), expected: requestErrors.API_BODY_TOO_LARGE },
    {
      target,
      init: post('x', { 'Content-Encoding': 'gzip' }),
      expected: requestErrors.API_BODY_ENCODING_UNSUPPORTED,
    },
    { target, init: add, expected: databaseErrors.API_DURABILITY_OFF, copy: 'unsafe' },
    { target, init: add, expected: databaseErrors.API_DATABASE_UNAVAILABLE, copy: 'away' },
    { target, init: add, expected: databaseErrors.API_WRITE_UNCERTAIN, copy: 'uncertain' },
    { target, expected: 200 },
    { target: `${target}?limit=1`, expected: 200 },
    { target, init: { headers: { 'If-None-Match': '*' } }, expected: 304 },
    { target: `${target}?indent=11`, expected: requestErrors.API_INDENT_INVALID },
    { target: `${target}?limit=1001`, expected: requestErrors.API_LIMIT_INVALID },
    { target: `${target}?after=x`, expected: requestErrors.API_CURSOR_INVALID },
    { target, expected: databaseErrors.API_DATABASE_UNAVAILABLE, copy: 'away' },
    { target: one, expected: 200 },
    { target: one, init: { headers: { 'If-None-Match': '*' } }, expected: 304 },
    { target: `${one}?indent=11`, expected: requestErrors.API_INDENT_INVALID },
    { target: `${target}/x`, expected: notFound },
    { target: one, expected: databaseErrors.API_DATABASE_UNAVAILABLE, copy: 'away' },
  ];
};
