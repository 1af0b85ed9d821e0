import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '@tripod/shared/errors/app-error';
import type { RequestHandler } from 'express';
import { adminErrors } from './admin-errors.ts';

/** The scheme is case-insensitive (RFC 9110 11.1). */
const credentials = /^bearer +(\S+) *$/i;

/** Digests have one length, as the comparison in constant time requires. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Middleware that requires `Authorization: Bearer TOKEN` (RFC 6750) while there is a token; a reload may change it. */
export const requireToken =
  (findToken: () => string | undefined): RequestHandler =>
  ({ headers }, _response, next) => {
    const token = findToken();
    const given = credentials.exec(headers.authorization ?? '')?.[1] ?? '';
    const isAllowed = token === undefined || timingSafeEqual(digestOf(given), digestOf(token));
    const challenge = { headers: { 'WWW-Authenticate': 'Bearer' } };
    next(isAllowed ? undefined : new AppError(adminErrors.ADMIN_TOKEN_REQUIRED, challenge));
  };
