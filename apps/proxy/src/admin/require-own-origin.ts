import { isLoopbackAddress } from '@tripod/shared/http/loopback-address';
import { createOwnOriginGuard } from '@tripod/shared/http/require-own-origin';
import type { RequestHandler } from 'express';
import { adminErrors } from './admin-errors.ts';

const isLocal = (host: string): boolean => host === 'localhost' || isLoopbackAddress(host);

/**
 * Middleware that refuses requests of pages of other origins, with ADMIN_ADDRESS_REFUSED. Off loopback there is a token,
 * which a page of another origin does not have, and the names of this machine are not known here.
 */
export const requireOwnOrigin = (adminHost: string): RequestHandler =>
  createOwnOriginGuard(adminErrors.ADMIN_ADDRESS_REFUSED, { anyHost: !isLocal(adminHost) });
