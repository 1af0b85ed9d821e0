import type { IncomingMessage } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { isLoopbackAddress } from '@tripod/shared/http/loopback-address';
import type { RequestHandler } from 'express';
import { adminErrors } from './admin-errors.ts';

const ownNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const isLocal = (host: string): boolean => host === 'localhost' || isLoopbackAddress(host);

const nameOf = (authority: string): string => authority.replace(/:\d+$/, '').toLowerCase();

/** Sec-Fetch-Site: `none` is a person who typed the address. Other ports of this machine are `same-site`. */
const isForeignFetch = ({ method = '', headers }: IncomingMessage): boolean => {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none' && !readMethods.has(method);
};

/**
 * Middleware against requests that a page of another origin makes through a visitor's browser: pages on other sites and
 * on other ports of this machine (Origin, Sec-Fetch-Site), and names of other sites that resolve to this machine (DNS
 * rebinding).
 */
export const requireOwnOrigin =
  (adminHost: string): RequestHandler =>
  (request, _response, next) => {
    const { host = '', origin } = request.headers;
    // Off loopback there is a token, which a page of another origin does not have, and the names are not known here.
    const isOwnHost = ownNames.has(nameOf(host)) || !isLocal(adminHost);
    const isOwnOrigin = origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`;
    const isOwn = isOwnHost && isOwnOrigin && !isForeignFetch(request);
    next(isOwn ? undefined : new AppError(adminErrors.ADMIN_ADDRESS_REFUSED));
  };
