import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '@tripod/shared/errors/app-error';
import type { OperationStep } from '../resource/operation.ts';
import { writeErrors } from './write-errors.ts';

/** The scheme is case-insensitive (RFC 9110 11.1). */
const credentials = /^bearer +(\S+) *$/i;

/** Digests have one length, as the comparison in constant time requires. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Every POST needs `Authorization: Bearer TOKEN` (RFC 6750). It is checked before the body is read. */
export const requireWriteToken = (token: string): OperationStep => {
  const expected = digestOf(token);
  const checkToken = (authorization: string | undefined): void => {
    const given = credentials.exec(authorization ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digestOf(given), expected)) return;
    throw new AppError(writeErrors.API_TOKEN_REQUIRED, {
      detail:
        authorization === undefined
          ? 'This request needs a header Authorization: Bearer TOKEN.'
          : 'The header Authorization does not hold the token of this API.',
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
  };
  return (operation) =>
    operation.method === 'POST'
      ? {
          ...operation,
          needsToken: true,
          errors: [...(operation.errors ?? []), writeErrors.API_TOKEN_REQUIRED],
          guards: [({ headers }) => checkToken(headers.authorization), ...(operation.guards ?? [])],
        }
      : operation;
};
