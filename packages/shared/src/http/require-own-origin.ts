import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../errors/app-error.ts';
import type { ErrorDefinition } from '../errors/define-errors.ts';

const ownNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const nameOf = (authority: string): string => authority.replace(/:\d+$/, '').toLowerCase();

/** Sec-Fetch-Site: `none` is a person who typed the address. Other ports of this machine are `same-site`. */
const isForeignFetch = ({ method = '', headers }: IncomingMessage): boolean => {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none' && !readMethods.has(method);
};

/**
 * Creates middleware against requests that a page of another origin makes through a visitor's browser: pages on other
 * sites and on other ports of this machine (Origin, Sec-Fetch-Site), and names of other sites that resolve to this
 * machine (DNS rebinding). Such a request is refused with an AppError of this definition. `anyHost` allows all names of
 * this machine; default: its loopback names.
 */
export const createOwnOriginGuard =
  (refusal: ErrorDefinition, { anyHost = false }: { readonly anyHost?: boolean } = {}) =>
  (request: IncomingMessage, _response: ServerResponse, next: (error?: unknown) => void): void => {
    const { host = '', origin } = request.headers;
    const isOwnHost = anyHost || ownNames.has(nameOf(host));
    const isOwnOrigin = origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`;
    const isOwn = isOwnHost && isOwnOrigin && !isForeignFetch(request);
    next(isOwn ? undefined : new AppError(refusal));
  };
