import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../errors/app-error.ts';
import type { ErrorDefinition } from '../errors/define-errors.ts';

const ownNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const nameOf = (authority: string): string => authority.replace(/:\d+$/, '').toLowerCase();

/** Sec-Fetch-Site: `none` is a person who typed the address. Other ports of this machine are `same-site`. */
const isForeignFetch = ({ headers }: IncomingMessage): boolean => {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
};

export type OwnOriginOptions = {
  /** Allows all names of this machine. Default: its loopback names. */
  readonly anyHost?: boolean;
  /** Whether reading this path does something, so that it is refused like a change. Default: reading does nothing. */
  readonly isActive?: (path: string) => boolean;
};

/**
 * Creates middleware against requests that a page of another origin makes through a visitor's browser: pages on other
 * sites and on other ports of this machine (Origin, Sec-Fetch-Site), and names of other sites that resolve to this
 * machine (DNS rebinding). Such a request is refused with an AppError of this definition.
 */
export const createOwnOriginGuard =
  (refusal: ErrorDefinition, { anyHost = false, isActive = () => false }: OwnOriginOptions = {}) =>
  (request: IncomingMessage, _response: ServerResponse, next: (error?: unknown) => void): void => {
    const { host = '', origin } = request.headers;
    const isOwnHost = anyHost || ownNames.has(nameOf(host));
    const isOwnOrigin = origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`;
    const { method = '', url = '' } = request;
    const doesSomething = !readMethods.has(method) || isActive(url);
    const isOwn = isOwnHost && isOwnOrigin && !(doesSomething && isForeignFetch(request));
    next(isOwn ? undefined : new AppError(refusal));
  };
