import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { adminErrors } from './admin-errors.ts';

const ownNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const nameOf = (authority: string): string => authority.replace(/:\d+$/, '').toLowerCase();

/**
 * Middleware: a page of any site can make its visitor's browser ask 127.0.0.1, also under a name of its own that
 * resolves there (DNS rebinding). Browsers tell: the Host is that name, or the Origin is that site.
 */
export const refuseForeign = (
  request: IncomingMessage,
  _response: ServerResponse,
  next: (error?: unknown) => void,
) => {
  const { host = '', origin } = request.headers;
  const ownHost = ownNames.has(nameOf(host));
  const ownOrigin = origin === undefined || ownNames.has(nameOf(origin.replace(/^https?:\/\//, '')));
  next(ownHost && ownOrigin ? undefined : new AppError(adminErrors.ADMIN_ADDRESS_REFUSED));
};
